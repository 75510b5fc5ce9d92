"""Strict JSON out of bytes: what the standard library lets pass, or raises in many ways, is one plain error here."""

import json
import math
from typing import Any

TOO_LARGE = "has a number that is too large"


class InvalidJson(Exception):
    """Bytes that are not plain JSON. The message completes a sentence that begins with what was read.

    `value` is what was understood all the same, where there is anything.
    """

    def __init__(self, message: str, value: object = None) -> None:
        super().__init__(message)
        self.value = value


def read_json(data: bytes) -> object:
    """The JSON value of a UTF-8 text, with or without a byte order mark. Raises InvalidJson.

    A key given twice is refused: of two grades for one muscle neither may be lost in silence.
    """
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            keys = [key for key, _ in pairs]
            repeated.append(next(key for key in keys if keys.count(key) > 1))
        return values

    decoder = json.JSONDecoder(object_pairs_hook=unique, parse_constant=_refuse_constant, parse_float=_finite)
    try:
        value: object = decoder.decode(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InvalidJson("is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise InvalidJson(
            f"is not JSON: {error.msg.lower().removesuffix(' at')} at line {error.lineno}, column {error.colno}"
        ) from None
    except RecursionError:
        raise InvalidJson("is nested too deeply") from None
    except ValueError:
        raise InvalidJson(TOO_LARGE) from None
    if repeated:
        raise InvalidJson(f"gives the key {json.dumps(repeated[0])} twice in one object", value)
    return value


def _refuse_constant(name: str) -> None:
    """NaN and Infinity, which the standard library reads, are not JSON."""
    raise InvalidJson(f"is not JSON: {name} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise InvalidJson(TOO_LARGE)
    return number
