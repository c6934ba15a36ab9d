import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { FIXTURES } from "../support/program.ts";

/** Where the copies come from: small papers of one to three pages, one of them a TIFF of three frames. */
const SOURCES: Readonly<Record<string, string>> = {
  "H57.132-260810-0101/don.tif": "scans/H57.132-260810-0101/don.tif",
  "H57.132-260811-0077/bien-ban.tif": "scans/H57.132-260811-0077/bien-ban.tif",
  "H57.132-260804-0583/001.jpg": "scans/H57.132-260804-0583/001.jpg",
  "H57.132-260804-0583/002.jpg": "scans/H57.132-260804-0583/002.jpg",
  "H57.132-260810-0102/to-khai.pdf": "scans/H57.132-260810-0101/to-khai.pdf",
  "H57.133-260915-0003_giay-uy-quyen.pdf": "scans/H57.133-260915-0003_giay-uy-quyen.pdf",
  "H57.133-260916-0021/giay-tiep-nhan.png": "scans/H57.133-260916-0021/giay-tiep-nhan.png",
  "H57.133-260920-0008/ket-qua/thong-bao.signed.pdf":
    "scans/H57.133-260920-0008/ket-qua/thong-bao.signed.pdf",
};

export const PAPERS = 7;
export const PAGES = 10;

/** A scanner's folder of seven papers, ten pages; or only the first files of it. */
export function layOutPapers(folder: string, files = Infinity): string {
  for (const [copy, source] of Object.entries(SOURCES).slice(0, files)) {
    mkdirSync(join(folder, copy, ".."), { recursive: true });
    cpSync(join(FIXTURES, source), join(folder, copy));
  }
  return folder;
}

/** Numbers that look random and are the same in every run (xorshift, 32 bit), 0 ≤ n < 1. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
