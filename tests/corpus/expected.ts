const LOCKED = ["failed password_needed"];

/** How each file of the corpus may end (`state reason`), where it is not simply delivered. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  "barcodes/patch-code-t-middle.pdf": ["split"],
  "barcodes/patch-code-t-qr.pdf": ["split"],
  "barcodes/patch-code-t.pdf": ["split"],
  "barcodes/split-by-asn-1.pdf": ["split"],
  "barcodes/word_patcht_p1.jpg": ["split"],
  "hostile/65536-uint32-limit.png": ["failed too_large"],
  "hostile/broken.png": ["failed unreadable", "failed truncated"],
  "hostile/decompression_bomb.gif": ["failed too_large", "failed truncated"],
  "hostile/issue15590.pdf": ["failed unreadable", "failed no_pages"],
  "hostile/truncated_image.png": ["failed truncated"],
  "images/truncated.jpg": ["failed truncated"],
  "pdfs/encrypted_old.pdf": LOCKED,
  "pdfs/invalid.pdf": ["failed unreadable", "failed no_pages"],
  "pdfs/password-is-test.pdf": LOCKED,
  "pdfs/pp_encrypted.pdf": LOCKED,
  "pdfs/qpdf_bad1.pdf": ["failed unsupported_format", "failed unreadable"],
  "pdfs/qpdf_c-empty.pdf": ["failed no_pages"],
  "pdfs/qpdf_enc-R3,V2,U=view,O=view.pdf": LOCKED,
  "scans/skewed.jpg": ["split"],
  "signed/edition_protected_none.pdf": ["failed encrypted"],
  "signed/open_protected.pdf": LOCKED,
  "signed/pdf-signed-corrupted.pdf": ["held signature_broken"],
  // Its byte range leaves bytes of the file uncovered: a person must judge it.
  "vn-scans/Luat_54.2014.QH13.pdf": ["delivered", "held signature_broken"],
  "vn-scans/vietsample1.pdf": ["failed encrypted"],
};

/** Tables, texts, keys and archives are no scans. */
const NO_SCAN = /\.(?:csv|json|xlsx|txt|p12|pfx|zip)$/u;

export function allowedEnds(path: string): readonly string[] {
  return ENDS[path] ?? (NO_SCAN.test(path) ? ["failed unsupported_format"] : ["delivered"]);
}

/** First and last page of every paper found in a stack; sheets alone hold none. */
export const PARTS: Readonly<Record<string, readonly (readonly [first: number, last: number])[]>> = {
  "barcodes/patch-code-t-middle.pdf": [
    [1, 1],
    [3, 3],
  ],
  "barcodes/split-by-asn-1.pdf": [
    [1, 2],
    [3, 3],
    [4, 6],
    [7, 8],
    [9, 10],
  ],
};
