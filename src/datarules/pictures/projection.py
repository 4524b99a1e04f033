"""Equal Earth: a map projection that keeps areas.

Source: B. Šavrič, T. Patterson, B. Jenny, "The Equal Earth map projection", International Journal of
Geographical Information Science 33(3), 2019, 454-465, doi:10.1080/13658816.2018.1504949, equations 7 and 8.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
"""The four coefficients of the polynomial."""
EARTH_KM = 6371.0072
"""Radius of the sphere that has the area of the earth, in kilometres."""
MIDDLE = 11.5
"""Meridian in the middle, in degrees: the map's edge then runs through the Bering Strait."""

Floats = NDArray[np.float64]


def equal_earth(longitude: ArrayLike, latitude: ArrayLike) -> tuple[Floats, Floats]:
    """Project degrees to the plane.

    Args:
        longitude: degrees east of the middle meridian, any shape.
        latitude: degrees north, same shape.

    Returns:
        x and y on the unit sphere; an area in the plane is the area on the sphere, in square radii.
    """
    theta = np.arcsin(np.sqrt(3) / 2 * np.sin(np.radians(np.asarray(latitude, dtype=float))))
    square = theta * theta
    sixth = square**3
    slope = 9 * A4 * sixth * square + 7 * A3 * sixth + 3 * A2 * square + A1
    lam = np.radians(np.asarray(longitude, dtype=float))
    x = 2 * np.sqrt(3) * lam * np.cos(theta) / (3 * slope)
    y = theta * (A4 * sixth * square + A3 * sixth + A2 * square + A1)
    return x, y


def around_middle(longitude: ArrayLike, middle: float = MIDDLE) -> Floats:
    """Return degrees east of the middle meridian, between -180 and 180."""
    return (np.asarray(longitude, dtype=float) - middle + 180) % 360 - 180


def ring_area(x: Floats, y: Floats) -> float:
    """Return the signed area of a closed ring (shoelace formula), in the square of its unit."""
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2
