"""Batches of any kind by program: the view that takes them in, and its part of the API's description."""

from __future__ import annotations

import re
import zlib
from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from merchants import audit, remedies
from merchants.api_batches import Batch, JsonBatches, NdjsonBatches, examples_of, schema_of_rows
from merchants.api_contract import ERROR, ProgramView, refusal
from merchants.intake import kinds
from merchants.intake.problems import Problem
from merchants.intake.validate import Bad, Good, Validator
from merchants.models import Merchant
from merchants.operations import answers, sources

SOON = "5"  # seconds until a request that is being worked on is worth repeating
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": f"^{_KEY.pattern}$"},
    OpenApiParameter.HEADER,
    description="At most 255 visible characters. The same key and body again gives the first answer and does"
    " nothing; another body with the key is refused (422); one that is still being worked on, too (409)."
    " Kept for 7 days, for this token.",
)


class BatchView(ProgramView):
    """Takes in a batch of one kind: all of its rows, or, when one is refused, none."""

    parser_classes = [JsonBatches, NdjsonBatches]
    kind = ""

    def post(self, request: Request) -> Response:
        program: Any = request.user  # merchants.api_auth.Program, by the scope
        merchant: Merchant = program.merchant
        batch = request.data
        if not isinstance(batch, Batch):  # an empty body never reaches a parser
            return refusal(400, "wrong_number_of_rows", "The body is empty.")
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return self._take(merchant, batch, program.actor)
        if not _KEY.fullmatch(key):
            return refusal(400, "bad_idempotency_key", "The key must be 1 to 255 visible ASCII characters.")
        try:
            former = answers.kept(program.token, route=self.kind, key=key, request_hash=batch.digest)
        except answers.InFlight:
            said = "A request with this key is being worked on; ask again soon."
            return refusal(409, "in_flight", said, retry_after=SOON)
        except answers.OtherRequest:
            return refusal(422, "key_used_otherwise", "This key was used with another body; take a new one.")
        if former is not None:
            return Response(former.answer, former.status, headers={"Idempotent-Replayed": "true"})
        answer = self._take(merchant, batch, program.actor)
        if answer.status_code == 200:
            answers.keep(
                program.token,
                route=self.kind,
                key=key,
                request_hash=batch.digest,
                status=200,
                answer=answer.data,
            )
        return answer

    def _take(self, merchant: Merchant, batch: Batch, by: str) -> Response:
        kind = kinds.get(self.kind)
        if code := kind.closed(merchant):
            return refusal(403, code, remedies.remedy(code, {}))
        validator = Validator(kind, kind.prepare(merchant), strict=True)
        checked = [validator.check_row(row) for row in batch.rows]
        problems = [problem for one in checked if isinstance(one, Bad) for problem in one.problems]
        if problems:
            refused = len({problem.line for problem in problems})
            message = f"{refused} of {len(checked)} rows were refused; nothing was written."
            return refusal(400, "rows_refused", message, [_told(problem) for problem in problems])
        rows = [one.row for one in checked if isinstance(one, Good)]
        source = sources.of_kind(merchant, source=sources.API, kind=kind.code, name=f"API · {kind.label}")
        delivery = sources.delivered(
            source,
            kind="batch",
            content_hash=batch.digest,
            size=len(batch.body),
            body=zlib.compress(batch.body, 1),
        )
        receipt = asdict(kind.write(merchant, rows, delivery=delivery, by=by))
        sources.counted(delivery, len(rows))
        audit.record(merchant, "merchants.batch.received", by=by, on=delivery, kind=kind.code, rows=len(rows))
        return Response({"kind": kind.code, **receipt})


def _told(problem: Problem) -> dict[str, Any]:
    return {
        "index": problem.line,
        "field": problem.column,
        "value": problem.value,
        "code": problem.code,
        "remedy": remedies.remedy(problem.code, problem.params),
    }


def batch_view(code: str, scope: str = "") -> type[BatchView]:
    """The view of one kind, with its part of the API's description."""
    kind = kinds.get(code)
    rows, examples = schema_of_rows(kind), examples_of(kind)
    receipt = {
        "type": "object",
        "required": ["kind", "received"],
        "properties": {"kind": {"type": "string", "enum": [code]}, "received": {"type": "integer"}},
        "additionalProperties": {"type": "integer"},
    }

    @extend_schema(
        operation_id=f"put_{code}",
        summary=f"Hand in {code}",
        description="All rows are taken in, or, when one is refused, none. A row handed in again changes"
        " nothing. Identifiers of persons are kept only as keyed hashes.",
        parameters=[KEY],
        request={"application/json": rows, "application/x-ndjson": rows["items"]},
        responses={200: receipt} | dict.fromkeys((400, 409, 413, 415, 422), ERROR),
        examples=[
            OpenApiExample("Some rows", examples, request_only=True),
            OpenApiExample("A line", examples[0], request_only=True, media_type="application/x-ndjson"),
            OpenApiExample("Taken in", {"kind": code, "received": len(examples)}, response_only=True),
        ],
        tags=["hand in"],
    )
    def post(self: BatchView, request: Request) -> Response:
        return BatchView.post(self, request)

    given = {"kind": code, "scope": scope or f"{code}:write", "post": post}
    return type(f"{code.title()}View", (BatchView,), given)
