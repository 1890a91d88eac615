/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every vector file, every group of cases in it, has a test that judges it: this table says
 * which, and how many cases there are.  A file or a group that is not in the table fails
 * here, as does a test that no longer reads what the table says of it. */
#include <glib.h>

#include "tests/lib/vectors.h"

typedef struct Group {
    const char *file, *group;
    size_t n;
    const char *judged_by; /* under tests/ */
} Group;

static const Group groups[] = {
    { "core_swarm_assignment", "vectors", 18, "unit/swarm/test_assign.c" },
    { "libsession_blinded", "vectors", 7, "unit/crypto/test_blinding.c" },
    { "libsession_onion", "vectors", 49, "unit/onion/test_vectors.c" },
    { "libsession_onion_negative", "vectors", 19, "unit/onion/test_vectors.c" },
    { "libsession_session_encrypt", "vectors", 48, "unit/crypto/test_session_message.c" },
    { "libsession_session_encrypt", "decrypt_accept_reject", 11,
      "unit/crypto/test_session_message.c" },
    { "sessionjs_attachment", "vectors", 4, "unit/crypto/test_attachment.c" },
    { "sessionjs_messages", "vectors", 8, "unit/wire/test_message.c" },
    { "sessionjs_padding", "vectors", 13, "unit/crypto/test_session_message.c" },
    { "ss_live_onion", "network_secrets", 12, "unit/onion/test_live.c" },
    { "ss_live_onion", "transcripts", 20, "unit/onion/test_live.c" },
    { "ss_live_storage_rpc", "transcripts", 49, "unit/service/test_vectors.c" },
    { "ss_live_storage_rpc", "onion_endpoint_bad_bodies", 5,
      "unit/service/test_vectors.c" },
    { "ss_message_hash", "vectors", 36, "unit/wire/test_message.c" },
    { "ss_onion", "channel_encryption", 13, "unit/crypto/test_channel.c" },
    { "ss_onion", "mixed_onions", 12, "unit/onion/test_vectors.c" },
    { "ss_onion", "inner_request", 14, "unit/onion/test_vectors.c" },
    { "ss_pubkey_to_swarm", "vectors", 601, "unit/swarm/test_nearest.c" },
    { "upstream_blinding", "ids", 5, "unit/crypto/test_blinding.c" },
    { "upstream_blinding", "signatures", 12, "unit/crypto/test_blinding.c" },
    { "upstream_blinding", "version_key", 1, "unit/crypto/test_blinding.c" },
    { "upstream_blinding", "session_desktop_known_pairs", 1,
      "unit/crypto/test_blinding.c" },
    { "upstream_crypto_misc", "vectors", 41, "unit/crypto/test_derived_box.c" },
    { "upstream_crypto_misc", "vectors", 41, "unit/crypto/test_keys.c" },
    { "upstream_crypto_misc", "vectors", 41, "unit/service/test_push_vector.c" },
    { "upstream_message_hash", "vectors", 1, "unit/wire/test_message.c" },
    { "upstream_mnemonic", "upstream", 5, "unit/session/test_mnemonic.c" },
    { "upstream_mnemonic", "generated", 60, "unit/session/test_mnemonic.c" },
    { "upstream_onion", "encryption", 8, "unit/crypto/test_channel.c" },
    { "upstream_onion", "inner_request", 4, "unit/onion/test_vectors.c" },
    { "upstream_onion", "url_target_filter", 6, "unit/onion/test_vectors.c" },
    { "upstream_padding", "message_padding", 1, "unit/crypto/test_session_message.c" },
    { "upstream_padding", "message_unpadding", 1, "unit/crypto/test_session_message.c" },
    { "upstream_padding", "attachment_padding", 3, "unit/crypto/test_attachment.c" },
    { "upstream_padding", "attachment_unpadding", 1, "unit/crypto/test_attachment.c" },
    { "upstream_rpc_signatures", "expire_response", 1, "unit/crypto/test_keys.c" },
    { "upstream_rpc_signatures", "client_keys", 1, "unit/crypto/test_keys.c" },
    { "upstream_session_encrypt", "keys", 2, "unit/crypto/test_keys.c" },
    { "upstream_session_encrypt", "deterministic", 1,
      "unit/crypto/test_session_message.c" },
    { "upstream_session_encrypt", "ons_response", 1, "unit/crypto/test_derived_box.c" },
    { "upstream_session_encrypt", "push_notification", 1,
      "unit/crypto/test_derived_box.c" },
    { "upstream_swarm", "pubkey_to_swarm_space", 11, "unit/swarm/test_nearest.c" },
    { "upstream_swarm", "pubkey_to_swarm_id", 32, "unit/swarm/test_nearest.c" },
};

/* Judged elsewhere, or in one piece. */
static const Group others[] = {
    { "upstream_onion", "channel_encryption_keys", 0, "unit/crypto/test_channel.c" },
};

static const Group *
find(const char *file, const char *group)
{
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        if (strcmp(groups[i].file, file) == 0 && strcmp(groups[i].group, group) == 0)
            return &groups[i];
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (strcmp(others[i].file, file) == 0 && strcmp(others[i].group, group) == 0)
            return &others[i];
    return NULL;
}

static bool
is_about_the_file(const char *key)
{
    static const char *const keys[] = { "what",          "source",
                                        "count",         "note",
                                        "compiler",      "cross_check",
                                        "library_quirk", "oxen_core_note",
                                        "network" /* who answered */ };

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

/* What stands in the file is in the table. */
static void
check_file(const char *name)
{
    json_t *file = vectors_load(name), *value;
    const char *key;
    size_t cases = 0;

    json_object_foreach(file, key, value)
    {
        const Group *group = find(name, key);

        if (is_about_the_file(key))
            continue;
        if (group == NULL)
            g_error("%s: no test judges group '%s'", name, key);
        if (group->n > 0)
            g_assert_true(vectors_group(file, key, group->n) == value);
        cases += group->n;
    }
    g_assert_cmpuint(cases, >, 0);
    json_decref(file);
}

static void
test_every_file(void)
{
    const char *root = g_getenv("G_TEST_SRCDIR"), *name;
    g_autofree char *folder = g_build_filename(root, "vectors", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    size_t files = 0;

    g_assert_nonnull(dir);
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *stem = NULL;

        if (!g_str_has_suffix(name, ".json.gz"))
            continue;
        stem = g_strndup(name, strlen(name) - strlen(".json.gz"));
        check_file(stem);
        files++;
    }
    g_assert_cmpuint(files, ==, 22);
}

static bool
names(const char *source, const char *word)
{
    g_autofree char *quoted = g_strdup_printf("\"%s\"", word);

    return strstr(source, quoted) != NULL;
}

/* The test that is named reads the file, and the group. */
static void
check_judge(const Group *group)
{
    const char *root = g_getenv("G_TEST_SRCDIR");
    g_autofree char *path = g_build_filename(root, group->judged_by, NULL);
    g_autofree char *source = NULL;
    g_autoptr(GError) error = NULL;

    g_file_get_contents(path, &source, NULL, &error);
    g_assert_no_error(error);
    if (!names(source, group->file) || !names(source, group->group))
        g_error("%s does not read group '%s' of %s", group->judged_by, group->group,
                group->file);
}

static void
test_every_judge(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        check_judge(&groups[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        check_judge(&others[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vectors/every-file", test_every_file);
    g_test_add_func("/vectors/every-judge", test_every_judge);
    return g_test_run();
}
