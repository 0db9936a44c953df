"""Start a measurement run, do it, repeat it, withdraw it. A run is never edited."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from importlib import metadata
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.actions import record
from kaejon.apps.jobs.actions import Progress, enqueue, waiting_like
from kaejon.apps.jobs.models import Job
from kaejon.apps.measurement import capital_tables, following, poverty, target_poor
from kaejon.apps.measurement.computed import DESIGNS, Computed, level_of
from kaejon.apps.measurement.defining import FITS, Definition, definition, missing_columns
from kaejon.apps.measurement.documents import code_hash, digest
from kaejon.apps.measurement.freezing import freeze
from kaejon.apps.measurement.models import (
    AreaResult,
    FrozenInput,
    MeasurementRun,
    RunKind,
    RunRepeat,
    RunStatus,
)
from kaejon.apps.measurement.sampling import (
    is_same_sample,
    keep_sample,
    refuse_design,
    years_from,
)
from kaejon.apps.measurement.watching import Watched, stay_alive
from kaejon.apps.sources import files
from kaejon.apps.sources.models import Kind, SourceVersion
from kaejon.methods import alkire_foster
from kaejon.methods.engine import Engine, open_engine
from kaejon.methods.errors import DataError, KaejonError

# The kind of list each kind of definition reads.
READS = {"mpi": Kind.BMN, "tpmap": Kind.BMN, "five_capitals": Kind.PPP}
COMPUTE: dict[str, Callable[..., Computed]] = {
    RunKind.POVERTY: poverty.compute,
    RunKind.TPMAP: target_poor.compute,
    RunKind.CAPITALS: capital_tables.compute,
}
GRADUATION = {"rounds_out": 2, "falling_allowed": 0, "tolerance": 0.0}
SAVED_AT_ONCE = 500


@transaction.atomic
def start_run(
    *,
    kind: str,
    area: Area,
    version: SourceVersion,
    definition_name: str,
    by: User,
    before: SourceVersion | None = None,
    options: Mapping[str, Any] | None = None,
) -> MeasurementRun:
    """Ask for a run over an area; it is done in the background.

    `options`: `k` ("1/5"; the definition's own unless given), `unit` (person or household),
    `design` (how the list was drawn, a key of `DESIGNS`, when it is a sample), `graduation`.
    Refuses: an area outside the actor's scope, a definition or list that does not fit the kind,
    rounds in the wrong order. An equal run of the same person that still waits is returned.
    """
    refuse_outside(by, area.code)
    chosen = definition(definition_name)
    refuse_misfit(kind, chosen, version, before)
    refuse_design((options or {}).get("design"), area.code)
    chosen_options = checked_options(kind, chosen, options or {}, before, version)
    like = {
        "kind": kind,
        "area": area.code,
        "versions": [v.pk for v in (before, version) if v is not None],
        "definition": chosen.digest,
        "options": chosen_options,
    }
    if waiting := waiting_like(kind="measure", like=like, of=by):
        return MeasurementRun.objects.get(job=waiting)
    run = MeasurementRun.objects.create(
        kind=kind,
        area=area,
        version=version,
        before=before,
        lists=[list_document(v) for v in (before, version) if v is not None],
        definition_name=chosen.name,
        definition=chosen.document,
        definition_hash=chosen.digest,
        provisional=chosen.provisional,
        options=chosen_options,
        salt=secrets.token_bytes(32),
        engine=settings.MEASURE_ENGINE,
        created_by=by,
    )
    run.job = enqueue(
        kind="measure",
        key=f"measure {run.public_id}",
        payload={"run": str(run.public_id)},
        by=by,
        like=like,
    )
    if run.job.payload["run"] != str(run.public_id):  # started twice in the same moment
        run.delete()
        return MeasurementRun.objects.get(job=run.job)
    run.save(update_fields=["job"])
    record(
        by=by,
        verb="run.start",
        subject_type="run",
        subject_id=run.public_id,
        area=area.code,
        label=label_of(run),
        changes={"definition": chosen.name, "source": str(version)},
    )
    return run


def refuse_outside(by: User, area: str) -> None:
    """Refuse (NotPermitted) an area in which the actor may not measure."""
    require(by, Permission.MEASURE, at=area)


def refuse_misfit(
    kind: str, chosen: Definition, version: SourceVersion, before: SourceVersion | None
) -> None:
    if kind not in RunKind.values or chosen.kind not in FITS[RunKind(kind)]:
        raise DataError(
            "definition_misfit",
            f"the definition {chosen.name} is no definition for a run of kind {kind}",
            remedy="Choose a definition of the right kind.",
        )
    if missing := missing_columns(chosen):
        raise DataError(
            "definition_misfit",
            f"no list holds what {chosen.name} asks: {', '.join(missing[:5])}",
            remedy="Measure it from a file with `kaejon measure alkire-foster`.",
        )
    wrong = [v for v in (before, version) if v and v.source.kind != READS[chosen.kind]]
    if wrong:
        raise DataError(
            "list_misfit",
            f"{wrong[0]} is no list that {chosen.name} can read",
            remedy=f"Choose a list of kind {READS[chosen.kind]}.",
        )
    if (kind == RunKind.DYNAMICS) != (before is not None):
        raise DataError("rounds", "two rounds are needed to see what changed, else one")
    if before is not None and before.as_of >= version.as_of:
        raise DataError("rounds", "the first round must be earlier than the second")


def list_document(version: SourceVersion) -> dict[str, Any]:
    """The list version as the run remembers it."""
    return {
        "source": version.source.code,
        "name_th": version.source.name_th,
        "name_en": version.source.name_en,
        "kind": version.source.kind,
        "year_be": version.year_be,
        "round": version.round,
        "as_of": version.as_of.isoformat(),
        "owner": version.source.owner.name_th,
    }


def checked_options(
    kind: str,
    chosen: Definition,
    given: Mapping[str, Any],
    before: SourceVersion | None,
    version: SourceVersion,
) -> dict[str, Any]:
    """The choices that matter for this kind, with their defaults written out."""
    options: dict[str, Any] = {}
    if chosen.kind == "mpi":
        options["k"] = str(given.get("k") or chosen.document["k"])
        options["unit"] = given.get("unit") or "person"
        options["design"] = given.get("design") or None
        spec = alkire_foster.parse_spec(dict(chosen.document) | {"k": options["k"]})
        if not spec.single_k or options["unit"] not in ("person", "household"):
            raise DataError("options", "give one k, and person or household as the unit")
        if options["design"] not in (None, *DESIGNS):
            raise DataError("options", f"there is no sample design {options['design']!r}")
    if kind == RunKind.DYNAMICS and before is not None:
        options["years"] = round(years_from(before.as_of, version.as_of), 2)
        options["graduation"] = GRADUATION | dict(given.get("graduation") or {})
    return options


def label_of(run: MeasurementRun) -> str:
    """The run's name in the history, in Thai for every reader."""
    years = " → ".join(str(entry["year_be"]) for entry in run.lists)
    with translation.override("th"):
        return f"{run.get_kind_display()} {run.area.full_name} {years}"


def run(progress: Progress) -> dict[str, Any]:
    """Job handler: freeze the input, measure, save. Started again, it begins anew."""
    held = MeasurementRun.objects.select_related(
        "area", "version__source", "before__source", "created_by"
    ).get(public_id=progress.job.payload["run"])
    refuse_outside(held.created_by, held.area_id)
    if held.status == RunStatus.DONE:
        return {"households": held.households}
    try:
        rounds = [v for v in (held.before, held.version) if v is not None]
        inputs = [
            freeze(held, number, version, progress) for number, version in enumerate(rounds, 1)
        ]
        found = compute(held, inputs, held.engine, partial(stay_alive, progress))
    except KaejonError as error:
        MeasurementRun.objects.filter(pk=held.pk).update(
            status=RunStatus.FAILED, problem=error.as_dict(), finished_at=timezone.now()
        )
        raise
    save(held, found, progress)
    return {"households": held.households}


def compute(
    held: MeasurementRun, inputs: list[FrozenInput], engine: str, step: Callable[[], None]
) -> Computed:
    """The results from the frozen input alone; the same input gives the same bits."""
    with ExitStack() as stack:
        paths = [stack.enter_context(files.opened(i.stored_as, ".parquet")) for i in inputs]
        # One thread adds in one order: fractional sums come out the same each time.
        opened = stack.enter_context(open_engine(engine, threads=1))
        running = cast(Engine, Watched(opened, step))
        if held.kind == RunKind.DYNAMICS:
            pair = (paths[0], paths[1])
            return following.compute(pair, held.definition, held.options, running)
        return COMPUTE[held.kind](paths[0], held.definition, held.options, held.area_id, running)


def save(held: MeasurementRun, found: Computed, progress: Progress) -> None:
    """Write the results of the whole and of every area in one transaction."""
    with transaction.atomic():
        progress.advance(stage="save")
        held.results = found.results
        held.results_hash = hash_of(found)
        held.households = int(found.results["n"])
        held.code_version, held.code_hash = metadata.version("kaejon"), code_hash()
        held.status, held.problem, held.finished_at = RunStatus.DONE, {}, timezone.now()
        held.save()
        keep_sample(held, found)
        AreaResult.objects.filter(run=held).delete()
        known = set(Area.objects.filter(code__in=found.areas).values_list("code", flat=True))
        rows = [
            AreaResult(
                run=held,
                area_id=code,
                level=level_of(code),
                households=figures["households"],
                figures=figures,
            )
            for code, figures in found.areas.items()
            if code in known
        ]
        AreaResult.objects.bulk_create(rows, batch_size=SAVED_AT_ONCE)
        record(
            by=held.created_by,
            verb="run.done",
            subject_type="run",
            subject_id=held.public_id,
            area=held.area_id,
            label=label_of(held),
            changes={"households": held.households, "results_hash": held.results_hash},
        )


def hash_of(found: Computed) -> str:
    return digest({"results": found.results, "areas": found.areas})


@transaction.atomic
def repeat_run(*, run: MeasurementRun, by: User) -> Job:
    """Ask to compute a finished run again from its frozen input and compare every figure.

    Refuses: a run that is not done, or whose input is no longer complete.
    """
    refuse_outside(by, run.area_id)
    if run.status != RunStatus.DONE:
        raise DataError("run_not_done", "only a run that is done can be repeated")
    if any(i.erased or i.discarded_at for i in run.inputs.all()):
        raise DataError(
            "input_incomplete",
            "rows were taken out of the input, so that it cannot give the same figures",
            remedy="Start a new run instead.",
        )
    record(
        by=by,
        verb="run.ask_repeat",
        subject_type="run",
        subject_id=run.public_id,
        area=run.area_id,
        label=label_of(run),
    )
    key = f"measure again {run.public_id} {run.repeats.count() + 1}"
    return enqueue(kind="measure_again", key=key, payload={"run": str(run.public_id)}, by=by)


def run_again(progress: Progress) -> dict[str, Any]:
    """Job handler: repeat a run and write down whether it came out the same.

    A run over a sample that was measured before its sample was kept gets it, if all is the same.
    """
    held = MeasurementRun.objects.get(public_id=progress.job.payload["run"])
    refuse_outside(progress.job.created_by, held.area_id)
    step = partial(stay_alive, progress)
    found = compute(held, list(held.inputs.all()), settings.MEASURE_ENGINE, step)
    with transaction.atomic():
        progress.advance(stage="save")
        again = RunRepeat.objects.create(
            run=held,
            by=progress.job.created_by,
            engine=settings.MEASURE_ENGINE,
            code_hash=code_hash(),
            results_hash=hash_of(found),
            identical=hash_of(found) == held.results_hash and is_same_sample(held, found),
        )
        if again.identical:
            keep_sample(held, found)
        record(
            by=progress.job.created_by,
            verb="run.repeat",
            subject_type="run",
            subject_id=held.public_id,
            area=held.area_id,
            label=label_of(held),
            changes={"identical": again.identical},
        )
    return {"identical": again.identical}


@transaction.atomic
def withdraw_run(*, run: MeasurementRun, reason: str, by: User) -> MeasurementRun:
    """Say that a run must not be used any more, and why. It stays to be read. Refuses: no reason, twice."""
    refuse_outside(by, run.area_id)
    held = MeasurementRun.objects.select_for_update().get(pk=run.pk)
    if not reason.strip():
        raise DataError("no_reason", "a reason is needed", remedy="Say in a sentence why.")
    if held.withdrawn_at:
        raise DataError("already_withdrawn", "this run was withdrawn before")
    held.withdrawn_at, held.withdrawn_by = timezone.now(), by
    held.withdrawn_reason = reason.strip()[:500]
    held.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    record(
        by=by,
        verb="run.withdraw",
        subject_type="run",
        subject_id=held.public_id,
        area=held.area_id,
        label=label_of(held),
        reason=held.withdrawn_reason,
    )
    return held
