"""Makes the demonstration models: speech that espeak-ng invents becomes a Vosk model, without Kaldi.

Nothing of the gateway imports this; it imports nothing of the gateway but helpers. `recipe.py` names the
steps in order, `__main__.py` is `scripts/train_demo_model`. torch is used in `net.py` and `fit.py` alone.
"""
