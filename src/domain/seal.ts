/** Picture of an organisation's seal, ready to be drawn at its real size. */
export interface SealImage {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Rows of red, green, blue; 8 bits each, sRGB. */
  readonly rgb: Buffer;
  /** 0 (paper) to 255 (ink) a pixel; absent when the file has no transparency. */
  readonly alpha: Buffer | undefined;
  /** Width on paper in points; the height follows from the pixels, which are square. */
  readonly widthPt: number;
}
