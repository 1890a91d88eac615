/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "nodes/live/certificate.h"

static const uint8_t seed[KEY_BYTES] = { 7 };

/* A P-256 certificate made by OpenSSL 3.0, for 100 years. */
static const char other_kind[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBdTCCARugAwIBAgIUWms3W6VoxvZTcs8KeaawNM5nT7UwCgYIKoZIzj0EAwIw\n"
    "DzENMAsGA1UEAwwEcDI1NjAgFw0yNjExMjYxMDQ5MzFaGA8yMTI2MTEwMjEwNDkz\n"
    "MVowDzENMAsGA1UEAwwEcDI1NjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDtu\n"
    "leKgcsLQ5gZkZD9t2WJDJB3CM0eZ+/a/0VWkkl9FSnlFeX+S1qpA/sMkmOEUvy0P\n"
    "b6wa+WEe3hz7LEiNE8mjUzBRMB0GA1UdDgQWBBRhi3xnLrGovCV6gYaYiTEOcbsa\n"
    "zzAfBgNVHSMEGDAWgBRhi3xnLrGovCV6gYaYiTEOcbsazzAPBgNVHRMBAf8EBTAD\n"
    "AQH/MAoGCCqGSM49BAMCA0gAMEUCIFhoDWrElglaPvda/cE69deUOdXwW7NjuA7v\n"
    "eOyaHpFeAiEA9EcQKdnBZOCttW055IScDmRHG9PxR2IoWNcOpcw5XSU=\n"
    "-----END CERTIFICATE-----\n";

static void
test_proves_its_key(void)
{
    g_autoptr(GTlsCertificate) certificate = NULL;
    g_autoptr(GError) error = NULL;
    Ed25519Pair identity;
    X25519Pair x25519;
    uint8_t key[KEY_BYTES];

    identity_ed25519(seed, &identity);
    identity_x25519(&identity, &x25519);
    certificate = certificate_new(&identity, &error);
    g_assert_no_error(error);
    g_assert_true(certificate_x25519(certificate, key));
    g_assert_cmpmem(key, KEY_BYTES, x25519.pk, KEY_BYTES);
}

static void
test_other_kind_of_key(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GTlsCertificate) certificate =
        g_tls_certificate_new_from_pem(other_kind, -1, &error);
    uint8_t key[KEY_BYTES] = { 9 };

    g_assert_no_error(error);
    g_assert_false(certificate_x25519(certificate, key));
    g_assert_cmpuint(key[0], ==, 9);
}

/* OpenSSL reads it, and finds its signature good. */
static void
test_openssl_verifies(void)
{
    g_autofree char *openssl = g_find_program_in_path("openssl");
    g_autofree char *folder = g_dir_make_tmp("swarmbed-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "node.pem", NULL);
    g_autofree char *pem = NULL, *out = NULL, *err = NULL;
    g_autoptr(GTlsCertificate) certificate = NULL;
    Ed25519Pair identity;
    const char *argv[] = {
        openssl, "verify", "-check_ss_sig", "-CAfile", path, path, NULL
    };
    int status;

    if (openssl == NULL) {
        g_test_skip("no openssl");
        return;
    }
    identity_ed25519(seed, &identity);
    certificate = certificate_new(&identity, NULL);
    g_object_get(certificate, "certificate-pem", &pem, NULL);
    g_assert_true(g_file_set_contents(path, pem, -1, NULL));
    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out,
                               &err, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    g_assert_true(g_str_has_suffix(out, ": OK\n"));
    g_remove(path);
    g_rmdir(folder);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/live/certificate/proves-its-key", test_proves_its_key);
    g_test_add_func("/live/certificate/other-kind-of-key", test_other_kind_of_key);
    g_test_add_func("/live/certificate/openssl-verifies", test_openssl_verifies);
    return g_test_run();
}
