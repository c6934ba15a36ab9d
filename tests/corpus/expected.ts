/** Born-digital PDFs without a signature are refused by name until they can be augmented. */
const WRITTEN = ["delivered", "failed unsupported_format"];
const LOCKED = ["failed password_needed"];

/** How each file of the corpus may end (`state reason`), where it is not simply delivered. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  "barcodes/barcode-128-custom.pdf": WRITTEN,
  "barcodes/barcode-39-asn-123.pdf": WRITTEN,
  "barcodes/patch-code-t-middle.pdf": WRITTEN,
  "barcodes/patch-code-t-qr.pdf": WRITTEN,
  "barcodes/split-by-asn-1.pdf": WRITTEN,
  "hostile/65536-uint32-limit.png": ["failed too_large"],
  "hostile/broken.png": ["failed unreadable", "failed truncated"],
  "hostile/decompression_bomb.gif": ["failed too_large", "failed truncated"],
  "hostile/issue15590.pdf": ["failed unreadable", "failed no_pages"],
  "hostile/truncated_image.png": ["failed truncated"],
  "images/relax.jp2": ["failed unsupported_format"],
  "images/simple.heic": ["failed unsupported_format"],
  "images/truncated.jpg": ["failed truncated"],
  "pdfa/veraPDF test suite 6-2-11-3-1-t01-pass-b.pdf": WRITTEN,
  "pdfa/veraPDF test suite 6-2-11-7-2-t01-fail-a.pdf": WRITTEN,
  "pdfa/veraPDF test suite 6-2-11-7-2-t01-pass-a.pdf": WRITTEN,
  "pdfs/encrypted_old.pdf": LOCKED,
  "pdfs/invalid.pdf": ["failed unreadable", "failed no_pages"],
  "pdfs/invalid_pdf.pdf": WRITTEN,
  "pdfs/missing_xref_trailer_dict.pdf": WRITTEN,
  "pdfs/password-is-test.pdf": LOCKED,
  "pdfs/pp_encrypted.pdf": LOCKED,
  "pdfs/pp_multi-page-mixed.pdf": WRITTEN,
  "pdfs/pp_single-page-mixed.pdf": WRITTEN,
  "pdfs/qpdf_bad1.pdf": ["failed unsupported_format", "failed unreadable"],
  "pdfs/qpdf_c-empty.pdf": ["failed no_pages"],
  "pdfs/qpdf_enc-R3,V2,U=view,O=view.pdf": LOCKED,
  "signed/edition_protected_none.pdf": ["failed encrypted"],
  "signed/open_protected.pdf": LOCKED,
  "signed/pdf-signed-corrupted.pdf": ["held signature_broken"],
  "signed/with_signature.pdf": WRITTEN,
  // Its byte range leaves bytes of the file uncovered: a person must judge it.
  "vn-scans/Luat_54.2014.QH13.pdf": ["delivered", "held signature_broken"],
  "vn-scans/vietsample1.pdf": ["failed encrypted"],
};

/** Tables, texts, keys and archives are no scans. */
const NO_SCAN = /\.(?:csv|json|xlsx|txt|p12|pfx|zip)$/u;

export function allowedEnds(path: string): readonly string[] {
  return ENDS[path] ?? (NO_SCAN.test(path) ? ["failed unsupported_format"] : ["delivered"]);
}

/** Least word recall of a page set against its truth, where the measure's 0.85 is not reached. */
export const MIN_RECALL: Readonly<Record<string, number>> = {
  // A sheet laid in upside down is not turned yet; it is marked low_confidence for a person.
  "scans/phototest-rotated-180.png": 0,
};
