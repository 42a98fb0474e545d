"""The laboratory: real services for tests and demonstrations, without installation, root or container."""

from gateway.speech.voice import Voice
from gateway.testing.lab.ami import LabAmi
from gateway.testing.lab.broker import LabBroker
from gateway.testing.lab.browser import Browser, lab_browser
from gateway.testing.lab.cache import Cache, CacheError
from gateway.testing.lab.city import City, CityCall
from gateway.testing.lab.pbx import LabPbx
from gateway.testing.lab.plan import Behaviour, CallPlan, Circle
from gateway.testing.lab.postgres import LabPostgres
from gateway.testing.lab.raw_sip import RawCaller, RawDesk
from gateway.testing.lab.scenes import SCENES, Scene
from gateway.testing.lab.service import ServiceError, free_port, until
from gateway.testing.lab.speak import speak_wav

__all__ = [
    "SCENES",
    "Behaviour",
    "Browser",
    "Cache",
    "CacheError",
    "CallPlan",
    "Circle",
    "City",
    "CityCall",
    "LabAmi",
    "LabBroker",
    "LabPbx",
    "LabPostgres",
    "RawCaller",
    "RawDesk",
    "Scene",
    "ServiceError",
    "Voice",
    "free_port",
    "lab_browser",
    "speak_wav",
    "until",
]
