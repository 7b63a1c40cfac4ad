//! The tables, as Diesel sees them: one declaration for both dialects. A test compares it with
//! what the migrations really make of either database.

diesel::table! {
    users (id) {
        id -> BigInt,
        username -> Text,
        email -> Nullable<Text>,
        password_hash -> Text,
        is_staff -> Bool,
        is_active -> Bool,
        created_at -> Timestamp,
        last_login_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        user_id -> BigInt,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    namespaces (id) {
        id -> Text,
        name -> Text,
        description -> Text,
        is_active -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        revision -> BigInt,
    }
}

diesel::table! {
    schemas (id) {
        id -> BigInt,
        schema_uri -> Text,
        schema_type -> Text,
        version -> Text,
        description -> Text,
        schema -> Json,
        example -> Nullable<Json>,
        is_active -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        revision -> BigInt,
    }
}

diesel::table! {
    agent_cards (id) {
        id -> BigInt,
        namespace_id -> Text,
        name -> Text,
        version -> Text,
        protocol -> Text,
        card -> Json,
        is_active -> Bool,
        is_default_version -> Bool,
        created_by -> Nullable<BigInt>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        revision -> BigInt,
        is_valid -> Bool,
        validity_errors -> Nullable<Json>,
        search_name -> Nullable<Text>,
        created_by_token -> Nullable<Text>,
    }
}

diesel::table! {
    agent_card_terms (kind, term, card_id) {
        kind -> Text,
        term -> Text,
        card_id -> BigInt,
    }
}

diesel::table! {
    revalidations (schema_uri) {
        schema_uri -> Text,
        requested_at -> Timestamp,
        after_card -> BigInt,
        attempts -> BigInt,
    }
}

diesel::table! {
    api_tokens (id) {
        id -> BigInt,
        name -> Text,
        token_hash -> Text,
        scope -> Text,
        created_by -> Text,
        created_at -> Timestamp,
        last_used_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    audit_log (id) {
        id -> BigInt,
        at -> Timestamp,
        actor -> Text,
        action -> Text,
        object -> Text,
        object_id -> Text,
        detail -> Text,
        ip -> Nullable<Text>,
        request_id -> Nullable<Text>,
    }
}

// The desk's own store.
diesel::table! {
    revoked_sessions (id) {
        id -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    known_sessions (id) {
        id -> Text,
        is_staff -> Bool,
    }
}

diesel::table! {
    series (kind, resolution, start, instance, run, key) {
        kind -> Text,
        resolution -> BigInt,
        start -> BigInt,
        instance -> Text,
        run -> BigInt,
        key -> Text,
        covered -> BigInt,
        count -> BigInt,
        payload -> Binary,
    }
}

diesel::table! {
    events (instance, run, number) {
        instance -> Text,
        run -> BigInt,
        number -> BigInt,
        at_ms -> BigInt,
        kind -> Text,
        detail -> Text,
    }
}

diesel::table! {
    error_groups (fingerprint) {
        fingerprint -> Text,
        kind -> Text,
        message -> Text,
        place -> Text,
        first_ms -> BigInt,
        last_ms -> BigInt,
        example_ms -> Nullable<BigInt>,
        example -> Nullable<Text>,
        request_id -> Nullable<Text>,
        error_id -> Nullable<Text>,
        instance -> Text,
        cause -> Text,
        first_version -> Nullable<Text>,
        last_version -> Nullable<Text>,
    }
}

diesel::table! {
    error_states (cause) {
        cause -> Text,
        word -> Nullable<Text>,
        said_by -> Nullable<Text>,
        said_ms -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        until_ms -> Nullable<BigInt>,
        back_ms -> Nullable<BigInt>,
        back_version -> Nullable<Text>,
    }
}

diesel::table! {
    error_entries (id) {
        id -> Text,
        cause -> Text,
        at_ms -> BigInt,
        kind -> Text,
        actor -> Nullable<Text>,
        text -> Text,
    }
}

diesel::table! {
    instances (instance) {
        instance -> Text,
        version -> Text,
        commit_id -> Text,
        started_ms -> BigInt,
        seen_ms -> BigInt,
        stopped_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    alert_engine (name) {
        name -> Text,
        revision -> BigInt,
        holder -> Text,
        until_ms -> BigInt,
    }
}

diesel::table! {
    alert_documents (kind, key) {
        kind -> Text,
        key -> Text,
        document -> Text,
    }
}

diesel::table! {
    incidents (id) {
        id -> Text,
        opened_ms -> BigInt,
        closed_ms -> Nullable<BigInt>,
        is_settled -> Bool,
        document -> Text,
        evidence -> Nullable<Text>,
    }
}

diesel::table! {
    incident_entries (id) {
        id -> Text,
        incident_id -> Text,
        at_ms -> BigInt,
        kind -> Text,
        actor -> Nullable<Text>,
        detail -> Text,
    }
}

diesel::table! {
    notices (id) {
        id -> Text,
        channel -> Text,
        incident_id -> Text,
        kind -> Text,
        ordinal -> BigInt,
        body -> Text,
        created_ms -> BigInt,
        not_before_ms -> BigInt,
        attempts -> BigInt,
        state -> Text,
        claimed_until_ms -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        last_try_ms -> Nullable<BigInt>,
        sent_ms -> Nullable<BigInt>,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(agent_cards -> namespaces (namespace_id));
diesel::allow_tables_to_appear_in_same_query!(users, sessions);
diesel::joinable!(agent_cards -> users (created_by));
diesel::joinable!(agent_card_terms -> agent_cards (card_id));
diesel::allow_tables_to_appear_in_same_query!(agent_cards, namespaces, users);
diesel::allow_tables_to_appear_in_same_query!(agent_cards, agent_card_terms);
diesel::allow_tables_to_appear_in_same_query!(error_groups, error_states, error_entries);
