import { mount } from "svelte";
import type { Transport } from "../src-shared/contract";
import App from "./App.svelte";
import { createHttpTransport, takeSession } from "./http-transport";
import NoAccess from "./welcome/NoAccess.svelte";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/dialog.css";
import "./styles/label-row.css";
import "./styles/menu.css";
import "./styles/page.css";

declare global {
  interface Window {
    /**
     * Put there by a host that has its own way to the engine; without it the window talks HTTP to where it came from.
     */
    semblance?: Transport;
  }
}

const target = document.getElementById("window");
if (!target) throw new Error("index.html has no element #window to show the window in");

if (window.semblance) mount(App, { target, props: { transport: window.semblance } });
else {
  const taken = await takeSession();
  if (taken === "refused" || taken === "no-answer")
    mount(NoAccess, { target, props: { refused: taken === "refused" } });
  else mount(App, { target, props: { transport: createHttpTransport(taken) } });
}
