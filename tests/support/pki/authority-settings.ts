/** Where nobody listens: certificates made without servers point there. */
export const NOBODY = "http://127.0.0.1:9";

/** Whose certificate it is decides its extensions. */
export type Use = "issuing" | "signer" | "server" | "stamps" | "stamps-loose" | "responder";

/** `openssl ca` and `openssl ts` settings of both authorities; `address` is where CRLs, issuers and OCSP answers are had. */
export function authoritySettings(folder: string, address: string): string {
  const crl = (name: string) => `crlDistributionPoints=URI:${address}/${name}.crl`;
  const leaf = `subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
${crl("issuing")}
authorityInfoAccess=OCSP;URI:${address}/ocsp,caIssuers;URI:${address}/issuing.cer`;
  return `[req]
distinguished_name=dn
string_mask=utf8only
utf8=yes
[dn]
[any]
countryName=optional
stateOrProvinceName=optional
organizationName=optional
commonName=supplied
userId=optional
[root-certificate]
basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[use-issuing]
basicConstraints=critical,CA:true,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
${crl("root")}
authorityInfoAccess=caIssuers;URI:${address}/root.cer
[use-signer]
basicConstraints=CA:false
keyUsage=critical,digitalSignature,nonRepudiation
${leaf}
[use-server]
basicConstraints=CA:false
keyUsage=critical,keyEncipherment
${leaf}
[use-stamps]
basicConstraints=CA:false
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
${leaf}
[use-stamps-loose]
basicConstraints=CA:false
keyUsage=critical,digitalSignature
extendedKeyUsage=timeStamping,clientAuth
${leaf}
[use-responder]
basicConstraints=CA:false
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,OCSPSigning
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
noCheck=yes
${["root", "issuing", "stranger"].map((name) => authority(folder, name)).join("")}
${["tsa", "tsa-expired"].map((name) => stamper(folder, name)).join("")}`;
}

function authority(folder: string, name: string): string {
  return `[${name}]
database=${folder}/${name}.index
certificate=${folder}/${name}.pem
private_key=${folder}/${name}.key
new_certs_dir=${folder}
rand_serial=yes
crlnumber=${folder}/${name}.crlnumber
default_md=sha256
default_crl_days=7
policy=any
unique_subject=no
`;
}

/** What `openssl ts -reply` needs to sign as one of the time-stamp authorities. */
function stamper(folder: string, name: string): string {
  return `[${name}]
serial=${folder}/${name}.serial
signer_cert=${folder}/${name}.pem
certs=${folder}/issuing.pem
signer_key=${folder}/${name}.key
signer_digest=sha256
default_policy=1.2.3.4.1
digests=sha256,sha384,sha512
accuracy=secs:1
ess_cert_id_chain=no
ess_cert_id_alg=sha256
`;
}
