import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openssl, type SignerFiles, type TestPki } from "../../support/test-pki.ts";

/** Key and certificate as PEM files of an unusual kind: arguments of `openssl genpkey`. */
export function issueWith({ folder }: TestPki, name: string, genpkey: readonly string[]): SignerFiles {
  const path = join(folder, name);
  const issuing = join(folder, "issuing");
  const settings = join(folder, "ca.cnf");
  openssl("genpkey", ...genpkey, "-out", `${path}.key`);
  const subject = ["-subj", `/C=VN/O=Ủy ban nhân dân xã Thí Điểm/CN=Khóa ${name}`];
  const asked = ["-config", settings, "-utf8", "-key", `${path}.key`, "-out", `${path}.csr`];
  openssl("req", "-new", ...asked, ...subject);
  const by = ["-CA", `${issuing}.pem`, "-CAkey", `${issuing}.key`, "-CAcreateserial"];
  const use = ["-extfile", settings, "-extensions", "signer", "-days", "900", "-sha256"];
  openssl("x509", "-req", "-in", `${path}.csr`, ...by, ...use, "-out", `${path}.pem`);
  return { key: `${path}.key`, certificate: `${path}.pem` };
}

/** Certificate of a server on this machine, for TLS. */
export function issueServer({ folder }: TestPki): SignerFiles {
  const path = join(folder, "tls-server");
  const issuing = join(folder, "issuing");
  writeFileSync(`${path}.cnf`, "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n");
  openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", `${path}.key`);
  const asked = ["-config", join(folder, "ca.cnf"), "-key", `${path}.key`, "-out", `${path}.csr`];
  openssl("req", "-new", ...asked, "-subj", "/CN=localhost");
  const by = ["-CA", `${issuing}.pem`, "-CAkey", `${issuing}.key`, "-CAcreateserial", "-days", "9"];
  openssl("x509", "-req", "-in", `${path}.csr`, ...by, "-extfile", `${path}.cnf`, "-out", `${path}.pem`);
  return { key: `${path}.key`, certificate: `${path}.pem` };
}

export const RSA_PSS_ONLY = ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"];
const SHA384 = ["-pkeyopt", "rsa_pss_keygen_md:sha384", "-pkeyopt", "rsa_pss_keygen_mgf1_md:sha384"];
export const RSA_PSS_SHA384 = [...RSA_PSS_ONLY, ...SHA384];
export const RSA_1024 = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"];
export const SECP256K1 = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"];
export const ED25519 = ["-algorithm", "ED25519"];
