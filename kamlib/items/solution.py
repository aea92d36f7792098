"""The response that earns full marks, worked out from an item's key."""

from __future__ import annotations

from typing import Any

from kamlib.items import keys, model


def solution(item: model.Item, key: keys.Key) -> dict[str, Any]:
    """Return the model response to `item`, in the shape the answers file holds.

    For prose it is the model answer, which a person would mark. A look at one's own words has no
    right answer: there it is one that sounds like each of the key's manners in turn.
    """
    match item, key:
        case model.Choice(), keys.ChoiceKey():
            return {"choice": key.answer} | ({"reason": key.reason} if key.reason else {})
        case model.Choices(), keys.ChoicesKey():
            return {"choices": [option for option in item.options if option in key.answer]}
        case model.Match(), keys.MatchKey():
            return {"pairs": {stem: right if isinstance(right, str) else right[0]
                              for stem, right in key.answer.items()}}  # fmt: skip
        case model.Order(), keys.OrderKey():
            return {"order": list(key.answer)}
        case model.Classify(), keys.ClassifyKey():
            return {"classes": dict(key.answer)}
        case model.SpotError(), keys.SpotErrorKey():
            return {"where": key.where, "kind": key.kind}
        case model.Number(), keys.NumberKey():
            reading, right = next(iter(key.readings.items()), (None, None))
            value, unit = (right.value, right.unit) if right else (key.value, key.unit)
            response: dict[str, Any] = {"value": value, "unit": unit or next(iter(item.units))}
            if reading:
                response["reading"] = reading
            if item.confidence:
                response["confidence"] = 90
            return response
        case model.Recall(), keys.RecallKey():
            return {"lines": [point.accept[0] for point in key.points.values()][: item.lines]}
        case model.Evidence(), keys.EvidenceKey():
            return {"facts": {claim: _facts(variants) for claim, variants in key.answer.items()}}
        case model.Structured(), keys.StructuredKey() | keys.PlanKey():
            return {"fields": dict(key.example)}
        case model.Table(), keys.TableKey():
            return {"rows": [dict(row) for row in key.example]}
        case model.Prose(), keys.ProseKey():
            return {"text": key.model_answer}
        case model.Scene(), keys.SceneKey():
            return {"path": list(key.best)}
        case model.Reflect(), keys.ReflectKey():
            known = [one for one in key.verdicts if one.all_of] or [key.verdicts[-1]]
            return {"entries": {str(n + 1): _in_manner(item, known[n % len(known)])
                                for n in range(item.entries)}}  # fmt: skip
    raise TypeError(f"a {key.interaction} key does not fit the {item.interaction} item {item.id}")


def _facts(variants: tuple[keys.Variant, ...]) -> list[str]:
    if not variants:
        return []
    return sorted(variants[0].all_of) + sorted(variants[0].any_of)[:1]


def _in_manner(item: model.Reflect, manner: keys.Manner) -> dict[str, Any]:
    ticks = [name for name in item.criteria if name in manner.all_of]
    return {"text": manner.label, "ticks": ticks or [next(iter(item.criteria))]}
