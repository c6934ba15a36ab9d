/** 8-bit grey samples, row by row. */
export interface Grey {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Interleaved 8-bit red, green and blue. */
export interface Rgb {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}
