"""Questionnaires come and go as XLSForms: checked, read into questions, kept in versions."""

import hashlib
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from pyxform.errors import PyXFormError
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import get_xlsform

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.refusal import WrongInput
from shali.tracing.models import Form
from shali.tracing.rules.forms import CORE_GROUP, is_understood, is_understood_constraint

SHIPPED = Path(__file__).parent.parent / "forms"
KINDS = {
    "text": "text",
    "note": "",
    "integer": "integer",
    "decimal": "decimal",
    "date": "date",
    "select one": "one",
    "select all that apply": "several",
}
LARGEST = 2_000_000


@transaction.atomic
def keep_form(*, scope: Scope, profile: str, content: bytes, by: str, at: datetime) -> Form:
    """Keep a new version of a disease's questionnaire. The same workbook again changes nothing.

    :raises WrongInput: the workbook is no XLSForm, or asks for what is not understood here; says which question
    """
    digest = hashlib.sha256(content).hexdigest()
    known = Form.objects.filter(profile=profile, digest=digest).first()
    if known is not None:
        return known
    title, read = read_xlsform(content)
    last = Form.objects.filter(profile=profile).aggregate(last=Max("version"))["last"] or 0
    return Form.objects.create(
        profile=profile,
        version=last + 1,
        title=title[:120],
        content=read,
        digest=digest,
        file=content,
        made_by=by,
        made_at=at,
    )


def keep_shipped_forms(*, at: datetime) -> None:
    """Keep the questionnaires that the product brings, each under the name of its disease, where there is none yet."""
    for path in sorted(SHIPPED.glob("*.xlsx")):
        if not Form.objects.filter(profile=path.stem).exists():
            _keep_shipped(path, at)


def _keep_shipped(path: Path, at: datetime) -> None:
    from shali.foundation.jurisdictions.scope import system_scope

    content = path.read_bytes()
    keep_form(scope=system_scope("tracing"), profile=path.stem, content=content, by="system:tracing", at=at)


def read_xlsform(content: bytes) -> tuple[str, dict[str, Any]]:
    """Return title and questions of an XLSForm.

    :raises WrongInput: it cannot be read, or something in it is not understood here
    """
    if len(content) > LARGEST:
        raise WrongInput(_("The workbook is too large for a questionnaire."), fields={"file": "large"})
    try:
        raw = workbook_to_json(get_xlsform(io.BytesIO(content), file_type=".xlsx"), form_name="data", warnings=[])
    except PyXFormError as wrong:
        raise WrongInput(
            _("This is no XLSForm: %(why)s") % {"why": str(wrong)[:300]}, fields={"file": "xlsform"}
        ) from None
    except (ValueError, KeyError, OSError) as wrong:
        said = _("The workbook cannot be read. Save it as .xlsx, with the sheets survey and choices.")
        raise WrongInput(said, fields={"file": "unreadable"}) from wrong
    groups: list[dict[str, Any]] = []
    questions: list[dict[str, Any]] = []
    _walk(raw.get("children", ()), "", groups, questions)
    _refuse_odd(questions)
    return str(raw.get("title", "")), {"groups": groups, "questions": questions}


def _walk(children: Iterable[Mapping[str, Any]], group: str, groups: list[Any], questions: list[Any]) -> None:
    for one in children:
        kind = one.get("type", "")
        if kind == "group":
            if one["name"] == "meta":
                continue
            groups.append({"name": one["name"], "labels": _words(one.get("label"))})
            _walk(one.get("children", ()), one["name"], groups, questions)
        elif kind not in KINDS:
            said = _("Question '%(name)s' is of the kind '%(kind)s', which is not asked here.")
            raise WrongInput(said % {"name": one.get("name", "?"), "kind": kind}, fields={"file": str(one.get("name"))})
        elif KINDS[kind]:
            questions.append(_question(one, KINDS[kind], group))


def _question(one: Mapping[str, Any], kind: str, group: str) -> dict[str, Any]:
    bind = one.get("bind", {})
    return {
        "name": one["name"],
        "kind": kind,
        "group": group,
        "labels": _words(one.get("label")),
        "hints": _words(one.get("hint")),
        "required": str(bind.get("required", "")).lower() in ("yes", "true", "true()"),
        "relevant": str(bind.get("relevant", "")),
        "constraint": str(bind.get("constraint", "")),
        "choices": {str(choice["name"]): _words(choice.get("label")) for choice in one.get("choices", ())},
    }


def _words(said: Any) -> dict[str, str]:
    """Return a text by language: "中文 (zh)" is zh; a text without a language holds for all."""
    if not said:
        return {}
    if isinstance(said, str):
        return {"zh": said, "en": said}
    return {name.rpartition("(")[2].rstrip(")")[:2].lower(): str(text) for name, text in said.items()}


def _refuse_odd(questions: list[dict[str, Any]]) -> None:
    if not any(one["group"] == CORE_GROUP and one["required"] for one in questions):
        said = _("The form has no group 'core' with a required question: what is due within four hours would be empty.")
        raise WrongInput(said, fields={"file": "core"})
    for one in questions:
        if one["relevant"] and not is_understood(one["relevant"]):
            said = _("Question '%(name)s' is asked under a condition that is not understood: %(what)s")
            raise WrongInput(said % {"name": one["name"], "what": one["relevant"]}, fields={"file": one["name"]})
        if one["constraint"] and not is_understood_constraint(one["constraint"]):
            said = _("Question '%(name)s' has a limit that is not understood: %(what)s")
            raise WrongInput(said % {"name": one["name"], "what": one["constraint"]}, fields={"file": one["name"]})
