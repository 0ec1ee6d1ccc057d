/** A copy of bytes for a typed array: its buffer must be aligned, and a blob of SQLite need not be. */
export const alignedCopy = (blob: Buffer): ArrayBuffer => new Uint8Array(blob).buffer;

/** The bytes of a typed array, not copied. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
