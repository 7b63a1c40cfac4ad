"""Narrows what schemathesis.toml allows: a status that an operation may answer good input with, it
may answer with for the reason that the file gives, and for no other."""

import schemathesis

LOG_TEXTS = ("since", "until", "status", "field", "before", "after", "limit", "text")


@schemathesis.check
def good_input_is_refused_only_for_what_no_document_can_say(_context, response, case):
    is_good = case.meta is not None and case.meta.generation.mode.is_positive
    if response.status_code == 412:
        assert "If-Match" in response.request.headers, "412 without a condition"
    elif response.status_code == 400 and is_good and case.operation.path.startswith("/api/"):
        problem = response.json()
        path = case.operation.path
        if path.startswith("/api/ops/logs/"):
            # Times, positions and statuses are texts with a meaning of their own.
            unsaid = all(error["field"] in LOG_TEXTS for error in problem.get("errors", []))
        elif path.startswith("/api/ops/"):
            unsaid = problem["detail"].startswith("instance: there is none of the name")
        else:
            errors = problem.get("errors", [])
            unsaid = errors and all(is_unsaid(path, error) for error in errors)
        assert unsaid, f"refused, though the document allows it: {problem}"


def is_unsaid(path, error):
    field, message = error["field"], error["message"]
    # Schemas count characters.
    if message.endswith("bytes in UTF-8"):
        return True
    if path.startswith("/api/agentcards/"):
        return field == "namespace" and message.startswith("there is no namespace")
    is_document = field.split("/")[0] in ("schema", "example")
    return path.startswith("/api/schemas/") and is_document
