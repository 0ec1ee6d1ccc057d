/** What a page of the browser host gets for the code in its address. */
export interface PageSession {
  /** For calls and events, in the header `x-semblance-token`. */
  token: string;
  /** For pictures, as `key` in their address. */
  pictureKey: string;
}
