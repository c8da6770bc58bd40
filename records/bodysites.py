"""Parts of the body by their everyday names, as a photo may show them."""

SITES: dict[str, tuple[str, ...]] = {
    "Head and neck": ("Scalp", "Face", "Eye", "Ear", "Nose", "Mouth", "Neck"),
    "Trunk": ("Chest", "Breast", "Belly", "Upper back", "Lower back", "Groin", "Buttock", "Tailbone"),
    "Arm": ("Shoulder", "Upper arm", "Elbow", "Forearm", "Inside of the elbow", "Wrist", "Hand", "Finger"),
    "Leg": ("Hip", "Thigh", "Knee", "Lower leg", "Ankle", "Heel", "Foot", "Toe"),
}
_MIDLINE = {"Scalp", "Face", "Nose", "Mouth", "Neck", "Chest", "Belly", "Upper back", "Lower back", "Tailbone"}
# There are two of these: a photo says which.
PAIRED = frozenset(site for sites in SITES.values() for site in sites) - _MIDLINE
