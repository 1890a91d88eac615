/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/certificate.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "nodes/live/clock.h"

enum { YEARS = 10, SECONDS_OF_YEAR = 366 * 24 * 3600 };

static int
import_key(const Ed25519Pair *identity, gnutls_x509_privkey_t *ret)
{
    gnutls_datum_t x = { (unsigned char *)identity->pk, KEY_BYTES };
    gnutls_datum_t k = { (unsigned char *)identity->seed, KEY_BYTES };
    int code = gnutls_x509_privkey_init(ret);

    if (code < 0)
        return code;
    return gnutls_x509_privkey_import_ecc_raw(*ret, GNUTLS_ECC_CURVE_ED25519, &x, NULL, &k);
}

static int
name_and_sign(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const Ed25519Pair *identity)
{
    time_t now = (time_t)(live_unix_ms() / 1000);
    char name[2 * KEY_BYTES + 1] = "";
    int code;

    hex_encode((Bytes){ identity->pk, KEY_BYTES }, name);
    if ((code = gnutls_x509_crt_set_version(crt, 3)) < 0 ||
        (code = gnutls_x509_crt_set_key(crt, key)) < 0 ||
        (code = gnutls_x509_crt_set_serial(crt, identity->pk, 16)) < 0 ||
        (code = gnutls_x509_crt_set_activation_time(crt, now - SECONDS_OF_YEAR)) < 0 ||
        (code = gnutls_x509_crt_set_expiration_time(crt, now + (time_t)YEARS *
                                                                   SECONDS_OF_YEAR)) < 0 ||
        (code = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                              2 * KEY_BYTES)) < 0)
        return code;
    return gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA512, 0);
}

static int
export_pem(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, GString *pem)
{
    gnutls_datum_t out = { NULL, 0 };
    int code = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &out);

    if (code < 0)
        return code;
    g_string_append_len(pem, (char *)out.data, out.size);
    gnutls_free(out.data);
    code = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, 0, &out);
    if (code < 0)
        return code;
    g_string_append_len(pem, (char *)out.data, out.size);
    gnutls_free(out.data);
    return 0;
}

GTlsCertificate *
certificate_new(const Ed25519Pair *identity, GError **error)
{
    g_autoptr(GString) pem = g_string_new(NULL);
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t crt = NULL;
    int code = import_key(identity, &key);

    if (code >= 0)
        code = gnutls_x509_crt_init(&crt);
    if (code >= 0)
        code = name_and_sign(crt, key, identity);
    if (code >= 0)
        code = export_pem(crt, key, pem);
    if (crt != NULL)
        gnutls_x509_crt_deinit(crt);
    if (key != NULL)
        gnutls_x509_privkey_deinit(key);
    if (code >= 0)
        return g_tls_certificate_new_from_pem(pem->str, (gssize)pem->len, error);
    g_set_error(error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                "the node's certificate: %s", gnutls_strerror(code));
    return NULL;
}

/* GLib wants a file, and reads it each time: one in memory, which the process keeps. */
static char *
keep_file(const char *text, GError **error)
{
    int fd = memfd_create("authority", MFD_CLOEXEC);
    size_t n = strlen(text);

    if (fd >= 0 && write(fd, text, n) == (ssize_t)n)
        return g_strdup_printf("/proc/self/fd/%d", fd);
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                "a file in memory: %s", g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return NULL;
}

bool
certificate_trust_only(GTlsCertificate *certificate, GError **error)
{
    g_autoptr(GTlsDatabase) database = NULL;
    g_autofree char *pem = NULL, *path = NULL;

    g_object_get(certificate, "certificate-pem", &pem, NULL);
    path = keep_file(pem, error);
    if (path != NULL)
        database = g_tls_file_database_new(path, error);
    if (database == NULL)
        return false;
    g_tls_backend_set_default_database(g_tls_backend_get_default(), database);
    return true;
}

bool
certificate_trust_nobody(GError **error)
{
    g_autoptr(GTlsCertificate) certificate = NULL;
    uint8_t seed[KEY_BYTES];
    Ed25519Pair nobody;

    live_random(seed, sizeof seed);
    identity_ed25519(seed, &nobody);
    certificate = certificate_new(&nobody, error);
    return certificate != NULL && certificate_trust_only(certificate, error);
}

static bool
read_ed25519(const GByteArray *der, uint8_t ret[KEY_BYTES])
{
    gnutls_datum_t in = { der->data, der->len }, x = { NULL, 0 }, y = { NULL, 0 };
    gnutls_ecc_curve_t curve;
    gnutls_x509_crt_t crt;
    bool is_one = false;

    if (gnutls_x509_crt_init(&crt) < 0)
        return false;
    if (gnutls_x509_crt_import(crt, &in, GNUTLS_X509_FMT_DER) >= 0 &&
        gnutls_x509_crt_get_pk_ecc_raw(crt, &curve, &x, &y) >= 0)
        is_one = curve == GNUTLS_ECC_CURVE_ED25519 && x.size == KEY_BYTES;
    if (is_one)
        memcpy(ret, x.data, KEY_BYTES);
    gnutls_free(x.data);
    gnutls_free(y.data);
    gnutls_x509_crt_deinit(crt);
    return is_one;
}

bool
certificate_x25519(GTlsCertificate *certificate, uint8_t ret[KEY_BYTES])
{
    g_autoptr(GByteArray) der = NULL;
    uint8_t ed25519[KEY_BYTES];

    g_object_get(certificate, "certificate", &der, NULL);
    return der != NULL && read_ed25519(der, ed25519) &&
           identity_x25519_pk(ed25519, ret) == ST_OK;
}
