/**
 * Puts a text on the clipboard, during a click or key; false where that is not allowed. Unlike `navigator.clipboard` it
 * needs no permission, and the desktop host grants none.
 */
export function copyText(text: string): boolean {
  const put = (event: ClipboardEvent) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("copy", put, { capture: true, once: true });
  const copied = document.execCommand("copy");
  document.removeEventListener("copy", put, { capture: true });
  return copied;
}
