"""Labels: what the lines of a model card and the columns of a table call the words of a statement."""

from __future__ import annotations

import re

__all__ = ["KINDS", "label_of", "split_label"]

KINDS: dict[str, str] = {
    "carbon": (
        r"(?:total |estimated |overall |location.based |training )*(?:(?:carbon|co2|c02|co2e|co2eq|co2-eq|ghg|greenhouse gas)[ -]*(?:dioxide)?[ -]*"
        r"(?:eq(?:uivalents?)?)?[ -]*(?:emitted|emissions?|footprint|output|cost|generated|released|impact|produced|location.based)?|emissions?|emitted|carbon emitted.*|"
        r"co2_eq_emissions|estimated total.*emissions|total.*emissions.*|émissions.*|carbone émis|émissions de carbone|kohlenstoffemissionen|co2.emissionen|emisiones.*|"
        r"carbono emitido|emissões.*|emissioni.*|碳排放.*|碳排放量|排放量|выбросы.*|二酸化炭素排出量|co2排出量|炭素排出量)"
    ),
    "hardware": (
        r"(?:type of )?(?:training |compute |computing |computational )?(?:hardware|gpus?|tpus?|accelerators?|devices?|processors?|graphics card|machines?|compute|infrastructure)"
        r"(?: ?(?:type|types|used|model|name|utilized|setup|configuration|platform|requirements))*|hardware_used|matériel.*|type de matériel|hardware-?typ|verwendete hardware|tipo de hardware|"
        r"tipo di hardware|硬件.*|硬件类型|硬體.*|оборудование|тип оборудования|ハードウェア.*|하드웨어.*|gpu型号|cpu|cpus"
    ),
    "hours": (
        r"(?:total |approx(?:imate|\.)? |estimated |training |gpu |compute |wall.?clock |cumulative )*(?:hours?|gpu.?hours?|tpu.?hours?|a100.?hours|h100.?hours|time|duration|runtime|run time|training time)"
        r"(?: (?:used|of use|of training|of computation|trained|spent|total|taken|elapsed|required))*|hours_used|training_time|heures.*|durée.*|stunden.*|genutzte stunden|dauer|horas.*|ore.*|tiempo.*|"
        r"tempo.*|使用时间|使用小时.*|训练时(?:间|长)|小时数?|часы.*|使用時間|訓練時間|사용 시간"
    ),
    "provider": r"(?:cloud )?(?:provider|platform|service)(?: used)?|cloud|hosting|fournisseur.*|cloud-?anbieter|anbieter|proveedor.*|provedor.*|provider cloud|云提供商|云服务商|雲端供應商|облачный провайдер|クラウドプロバイダー.*|on cloud",
    "region": (
        r"(?:compute |cloud |training |geographic(?:al)? )*(?:region|location|zone|country|data ?cent(?:er|re)(?: location| region)?)|geographical_location|région.*|lieu|rechenregion|region.*|standort|región.*|"
        r"ubicación|região.*|regione.*|计算区域|區域|区域|地区|регион.*|リージョン|コンピュートリージョン|地域"
    ),
    "count": r"(?:number of|num|no\. of|#|n\.? of|quantity of|total)\s*(?:gpus?|tpus?|devices?|accelerators?|chips?|cards|nodes)(?: used)?|(?:gpu|device|accelerator)[ _]?count|count|quantity|num_gpus|gpu数量",
    "power": r"(?:gpu |max(?:imum)? |average |device )*(?:tdp|power(?: consumption| draw| usage)?|thermal design power)(?: per (?:gpu|device))?",
    "pue": r"(?:power usage effectiveness|pue)(?: ?\(pue\))?(?: factor)?",
    "intensity": r"(?:grid |regional )?(?:carbon |co2 |grid |emission |emissions )(?:intensity|efficiency|factor)(?: of.*)?|intensity",
    "energy": r"(?:total |estimated |training )?(?:energy|electricity|power)(?: at the facility meter)?(?: ?(?:consumed|consumption|used|usage|use))*",
}
"""Each word of a statement, and the labels under which people write it."""

_LABEL = re.compile(
    r"^\s*(?:[-+•◦▪·>#]+\s*|\d{1,2}[.)]\s+|\[[ x]\]\s*)*\|?\s*(?P<label>[^|:=\n]{1,160}?)\s*(?:\s*:+\s*\|?|\s*\|\s*|\s+=\s+|\s-\s|\t)\s*(?P<value>[^\n]*?)\s*\|?\s*$"
)


def label_of(text: str) -> tuple[str, str]:
    """The word that a label stands for, and the unit it names in brackets; empty where it is no label of ours.

    `CO2 Emissions (in grams)` is ("carbon", "grams"); `Time (GPU hours)` is ("hours", "gpu hours").
    """
    plain = " ".join(text.lower().replace("_", " ").split()).strip(" .*:|\"'`")
    unit = ""
    if found := re.search(r"[(\[]\s*(?:in |unit: ?)?([^()\[\]]{1,140})[)\]]", plain):
        unit = found[1].strip()
    bare = re.sub(r"[(\[][^()\[\]]*[)\]]", " ", plain)
    bare = " ".join(re.sub(r"\bin (?:k?g|grams|kilograms|tons|tonnes)\b", " ", bare).split()).strip(" .:")
    if not unit and (found := re.search(r"\bin (kg|g|grams|kilograms|t|tons|tonnes)\b", plain)):
        unit = found[1]
    if not unit and (found := re.search(r"\b(kg|g|t)\s*co2", plain)):
        unit = found[1]
        bare = re.sub(r"\b(kg|g|t)\s*(?=co2)", "", bare)
    for kind, pattern in KINDS.items():
        if bare and re.fullmatch(pattern.replace("_", " "), bare):
            return kind, unit
    return "", unit


def split_label(line: str) -> tuple[str, str, str]:
    """Kind, unit and value of a labelled line; kind is empty where the line is none."""
    if len(line) > 2000:  # noqa: PLR2004 - no card writes a labelled line of that length
        return "", "", ""
    match = _LABEL.match(line)
    if not match:
        return "", "", ""
    kind, unit = label_of(match["label"])
    return kind, unit, match["value"]
