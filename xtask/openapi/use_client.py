"""Uses the generated client against a running service, as somebody would who has only the document:
BASE_URL, WRITE_TOKEN and OPS_TOKEN come from the environment. Fails on the first surprise."""

import os

from agent_source_db_client import AuthenticatedClient, Client
from agent_source_db_client.api.agentcards import (
    agentcards_create,
    agentcards_list,
    agentcards_read,
)
from agent_source_db_client.api.desk import (
    desk_database,
    desk_errors,
    desk_host,
    desk_instances,
    desk_logs,
    desk_request_story,
    desk_routes,
    desk_show,
    desk_status,
    desk_traffic,
)
from agent_source_db_client.api.health import health_database, health_liveness, health_readiness
from agent_source_db_client.api.namespaces import namespaces_create
from agent_source_db_client.models import AgentCard, CardInput, NamespaceInput
from agent_source_db_client.models.problem import Problem

base_url = os.environ["BASE_URL"]
anyone = Client(base_url=base_url)
writer = AuthenticatedClient(base_url=base_url, token=os.environ["WRITE_TOKEN"])
operator = AuthenticatedClient(base_url=base_url, token=os.environ["OPS_TOKEN"])


def answered(response, status):
    assert response.status_code == status, (response.status_code, response.content)
    return response.parsed


answered(namespaces_create.sync_detailed(client=writer, body=NamespaceInput(id="travel", name="Travel")), 201)
card = AgentCard(name="Planner", version="1.0.0")
card["description"] = "Plans trips"
created = answered(
    agentcards_create.sync_detailed(client=writer, body=CardInput(namespace="travel", card=card)), 201
)
read = answered(agentcards_read.sync_detailed(client=anyone, id=created.id), 200)
assert (read.name, read.version, read.namespace) == ("Planner", "1.0.0", "travel"), read
assert read.card["description"] == "Plans trips", read
listed = answered(agentcards_list.sync_detailed(client=anyone, namespace="travel"), 200)
assert [row.id for row in listed.results] == [created.id], listed
missing = answered(agentcards_read.sync_detailed(client=anyone, id=created.id + 1), 404)
assert isinstance(missing, Problem) and missing.request_id, missing

status = answered(desk_status.sync_detailed(client=operator), 200)
assert status.service.name == "agent-source-db" and status.data.agentcards.total == 1, status
assert isinstance(answered(desk_status.sync_detailed(client=anyone), 401), Problem)
for read_desk in (desk_database, desk_errors, desk_host, desk_instances, desk_logs, desk_routes, desk_show, desk_traffic):
    assert answered(read_desk.sync_detailed(client=operator), 200) is not None
story = answered(desk_request_story.sync_detailed("none", client=operator), 200)
assert story.lines == [], story

assert answered(health_liveness.sync_detailed(client=anyone), 200).status.value == "ok"
assert "database" in answered(health_readiness.sync_detailed(client=anyone), 200).checks.additional_properties
assert answered(health_database.sync_detailed(client=anyone), 200).database.pool.max_ > 0
