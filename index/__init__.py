"""How it is found: embeddings, the store that keeps them, building, and hybrid search."""

import os

# Libraries that would tell others what they are used for are asked not to, before any of them is imported.
for _name, _value in {
    "ORT_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}.items():
    os.environ.setdefault(_name, _value)
