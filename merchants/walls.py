"""The second wall: row policies and rights of the login roles, made after every migration.

They are derived from the models, so that a new tenant table cannot be forgotten: every concrete
:class:`~merchants.tenancy.MerchantOwned` model gets FORCEd row-level security and one policy.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from psycopg import sql

from merchants.tenancy import SETTING, MerchantOwned

APP, REPORT, OPERATOR, DISPATCH = "seedbed_app", "seedbed_report", "seedbed_operator", "seedbed_dispatch"

# Tables without a merchant's policy, each with its reason; a test knows this list.
OUTSIDE = {
    "merchants_user": "people belong to no merchant",
    "merchants_user_groups": "belongs to people",
    "merchants_user_user_permissions": "belongs to people",
    "merchants_merchant": "read before a merchant is chosen; holds no business data",
    "merchants_membership": "decides which merchants a person may choose",
    "merchants_apitoken": "decides whose a request is, by the hash of its token",
    "merchants_deletion": "which merchants are to be deleted, and were",
    "merchants_operatoract": "what operators did, which outlives the merchant",
    "merchants_pausedpartner": "which partners nobody speaks to just now",
    "merchants_requirementset": "what is asked of whom, shared by all who apply",
    "merchants_launchgate": "what the operator asks of whoever launches a category",
    "measurement_category": "the shared tree of trades",
    "measurement_categorycycle": "published and default cycles, shared",
}

# Outside tables that are appended to, by whomever.
APPENDED = {"merchants_operatoract"}

# Outside tables that are the operator's, and what each role may do with them. A deletion is never deleted itself.
OF_OPERATOR = {
    "merchants_deletion": {OPERATOR: "SELECT, INSERT, UPDATE"},
    "merchants_pausedpartner": {OPERATOR: "SELECT, INSERT, UPDATE, DELETE", APP: "SELECT"},
}

# Outside tables that everybody reads: the report role too.
SHARED = {"merchants_merchant", "measurement_category", "measurement_categorycycle"}

# Outside tables that the app only reads: what it wrote there would hold for every merchant.
READ_BY_APP = {
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "measurement_category",
    "measurement_categorycycle",
    "merchants_requirementset",
}

# What the dispatcher may see of a tenant table: that there is work, of whom and how old; no content.
DISPATCH_COLUMNS = {
    "measurement_dirtymark": ["merchant_id", "recorded_at"],
    "measurement_bulkchange": ["merchant_id", "recorded_at", "expanded_at"],
    "measurement_cyclelearning": ["id", "merchant_id", "state", "touched_at"],
    "measurement_cyclepreview": ["id", "merchant_id", "state", "touched_at"],
    "measurement_creditdaymark": ["merchant_id", "recorded_at"],
    "measurement_crowdmark": ["merchant_id", "recorded_at"],
    "measurement_journeymark": ["merchant_id", "recorded_at"],
    "measurement_journeyday": ["merchant_id", "stale"],
    "measurement_journeymodel": ["merchant_id", "asked_at", "computed_at"],
    "measurement_tallymark": ["merchant_id", "recorded_at"],
    "measurement_tallyspan": ["merchant_id", "recorded_at"],
    "measurement_judging": ["merchant_id", "asked_at", "judged_at"],
    "measurement_schedule": ["merchant_id", "paused", "next_at"],
    "measurement_mailing": ["merchant_id", "state"],
    "merchants_job": ["merchant_id", "kind", "state"],
    "merchants_event": ["merchant_id", "next_at", "handled_at"],
    "measurement_experiment": [
        "id",
        "merchant_id",
        "state",
        "starts_on",
        "ends_on",
        "asked_at",
        "computed_at",
    ],
    "merchants_application": ["id", "merchant_id", "state", "submitted_at", "decided_at"],
    "merchants_webhookmessage": ["merchant_id", "endpoint_id", "state", "next_at"],
    "merchants_upload": ["id", "merchant_id", "state", "touched_at"],
    "leads_message": ["merchant_id", "delivery", "next_at"],
    "leads_feedback": ["merchant_id", "state", "next_at", "expires_at"],
    "leads_export": ["id", "merchant_id", "state", "touched_at"],
    "leads_letter": ["merchant_id", "state", "next_at"],
    "leads_source": ["id", "merchant_id", "active", "pull_at"],
    "merchants_archive": ["id", "merchant_id", "state", "touched_at"],
    "merchants_rawdelivery": ["id", "merchant_id", "kind", "state", "attempts", "expires_at"],
}


def tenant_models() -> list[type[MerchantOwned]]:
    return [m for m in apps.get_models(include_auto_created=True) if issubclass(m, MerchantOwned)]


def install_after_migrate(sender: AppConfig, using: str, **_: Any) -> None:
    """Runs once at the end of a migration: the signal comes when the tables of all apps are there."""
    if sender.name == "merchants" and connections[using].vendor == "postgresql":
        install(using)


def install(using: str) -> None:
    """Makes rights and policies what the models say. Repeatable; the caller is the owner."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[APP, REPORT, OPERATOR, DISPATCH]]
        )
        missing = {APP, REPORT, OPERATOR, DISPATCH} - {row[0] for row in cursor.fetchall()}
        if missing:
            raise RuntimeError(f"The roles {sorted(missing)} are missing; docs/production.md makes them.")
        existing = set(connections[using].introspection.table_names(cursor))
        _grant_usage(cursor)
        tenant_tables = {m._meta.db_table: m for m in tenant_models()}
        for table in sorted(existing):
            if table in tenant_tables:
                _wall(cursor, table, tenant_tables[table])
            elif not _is_partition(cursor, table):
                _open(cursor, table)
        for table, columns in DISPATCH_COLUMNS.items():
            if table in existing:
                _open_to_dispatch(cursor, table, columns)


def _grant_usage(cursor: Any) -> None:
    for role in (APP, REPORT, OPERATOR, DISPATCH):
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(role)))
    for role in (APP, OPERATOR):
        cursor.execute(
            sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(sql.Identifier(role))
        )


def _wall(cursor: Any, table: str, model: type[MerchantOwned]) -> None:
    name = sql.Identifier(table)
    writes = ", ".join(getattr(model, "WRITES", ()))
    own, partners = (
        sql.SQL("{} = nullif(current_setting({}, true), '')::bigint").format(column, sql.Literal(SETTING))
        for column in (sql.Identifier("merchant_id"), sql.Identifier(f"{model.PARTNER or 'merchant'}_id"))
    )
    for statement in (
        "ALTER TABLE {t} ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE {t} FORCE ROW LEVEL SECURITY",
        "REVOKE ALL ON {t} FROM {app}, {report}, {operator}, {dispatch}",
        "GRANT SELECT ON {t} TO {app}, {report}, {operator}",
        f"GRANT {writes} ON {{t}} TO {{app}}, {{operator}}" if writes else "SELECT 1",
        "DROP POLICY IF EXISTS own_merchant ON {t}",
        "CREATE POLICY own_merchant ON {t} USING ({own}) WITH CHECK ({own})",
        "DROP POLICY IF EXISTS partner ON {t}",
        "CREATE POLICY partner ON {t} USING ({partners}) WITH CHECK ({partners})"
        if model.PARTNER
        else "SELECT 1",
        "DROP POLICY IF EXISTS every_merchant ON {t}",
        "CREATE POLICY every_merchant ON {t} TO {operator} USING (true) WITH CHECK (true)",
    ):
        cursor.execute(
            sql.SQL(statement).format(
                t=name,
                own=own,
                partners=partners,
                app=sql.Identifier(APP),
                report=sql.Identifier(REPORT),
                operator=sql.Identifier(OPERATOR),
                dispatch=sql.Identifier(DISPATCH),
            )
        )


def _open(cursor: Any, table: str) -> None:
    """A table without a merchant's policy: each role's rights, and no others."""
    everything = "SELECT, INSERT" if table in APPENDED else "SELECT, INSERT, UPDATE, DELETE"
    rights = {OPERATOR: everything, APP: "SELECT" if table in READ_BY_APP else everything}
    if table in OF_OPERATOR:
        rights = dict(OF_OPERATOR[table])
    if table in SHARED:
        rights[REPORT] = "SELECT"
    if table in {"merchants_apitoken", "merchants_merchant"}:
        rights[DISPATCH] = "SELECT"
    name = sql.Identifier(table)
    for role in (APP, REPORT, OPERATOR, DISPATCH):
        cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(name, sql.Identifier(role)))
    for role, right in rights.items():
        cursor.execute(sql.SQL(f"GRANT {right} ON {{}} TO {{}}").format(name, sql.Identifier(role)))


def _open_to_dispatch(cursor: Any, table: str, columns: list[str]) -> None:
    name, role = sql.Identifier(table), sql.Identifier(DISPATCH)
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    cursor.execute(sql.SQL("GRANT SELECT ({}) ON {} TO {}").format(listed, name, role))
    cursor.execute(sql.SQL("DROP POLICY IF EXISTS work_of_every_merchant ON {}").format(name))
    cursor.execute(
        sql.SQL("CREATE POLICY work_of_every_merchant ON {} FOR SELECT TO {} USING (true)").format(name, role)
    )


def _is_partition(cursor: Any, table: str) -> bool:
    cursor.execute("SELECT relispartition FROM pg_class WHERE oid = to_regclass(%s)", [f'public."{table}"'])
    row = cursor.fetchone()
    return bool(row and row[0])
