"""FHIR R4 import and, later, the API."""

from pkgutil import extend_path

# The library fhir.resources lives in a package of the same name: let both be found.
__path__ = extend_path(__path__, __name__)
