import { mount } from "svelte";
import "./styles/base.css";
import App from "./App.svelte";
import { catalogue } from "./lib/catalogue.svelte";
import { here } from "./lib/state.svelte";
import { applyTheme } from "./lib/theme.svelte";
import { speak, wanted } from "./lib/words.svelte";

// What the first view needs is asked for at once, beside the words; App tells what goes wrong with it.
catalogue.load().catch(() => undefined);
here.view?.load().catch(() => undefined);
applyTheme();
await speak(wanted());
const target = document.getElementById("app");
if (target) mount(App, { target });
