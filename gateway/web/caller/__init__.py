"""The page behind the link that a caller is sent: an application of its own, on a listener of its own.

It knows the desk of links alone: no call, no hall, no API. Whoever comes without a link that is theirs sees
the same page, whether there ever was such a link or not.
"""

from gateway.web.caller.app import serve as serve
