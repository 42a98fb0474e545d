"""espeak-ng's voice variants: who teaches the ear and who tests it. No one does both."""

PLAIN = ""
"""The voice without a variant: what espeak-ng speaks when nobody asks for more. It only tests."""

TESTING = (PLAIN, "f2", "m3", "f5", "linda", "steph2", "victor", "Alex", "belinda", "paul", "klatt3", "Gene")
"""Never heard in training; the common ones are covered by their neighbours (f1, f3, f4, m1, m2, m4 …)."""

TRAINED = (
    *("f1", "f3", "f4", "m1", "m2", "m4", "m5", "m6", "m7", "m8"),
    *("Alicia", "Andrea", "Andy", "Annie", "Denis", "Diogo", "Gene2", "Henrique", "Hugo", "Jacky", "Lee"),
    *("Marco", "Mario", "Michael", "Mike", "adam", "anika", "announcer", "antonio", "aunty", "benjamin"),
    *("boris", "caleb", "david", "ed", "edward", "edward2", "grandma", "grandpa", "gustave", "iven", "iven2"),
    *("iven3", "iven4", "john", "kaukovalta", "klatt", "klatt2", "klatt4", "klatt5", "klatt6", "marcelo"),
    *("max", "michel", "miguel", "norbert", "pablo", "pedro", "quincy", "rob", "robert", "sandro", "shelby"),
    *("steph", "steph3", "travis", "zac"),
)
"""Left out for good: whisperers, robots and croakers that no language model can save."""
