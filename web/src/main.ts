import { mount } from "svelte";
import "./styles/base.css";
import App from "./App.svelte";
import { catalogue } from "./lib/catalogue.svelte";
import { today, told } from "./lib/dates";
import { here } from "./lib/state.svelte";
import { applyTheme } from "./lib/theme.svelte";
import { turn } from "./lib/turns";
import { count, speak, speech, wanted } from "./lib/words.svelte";

// What the first view needs is asked for at once, beside the words; App tells what goes wrong with it.
catalogue.load().catch(() => undefined);
here.view?.load().catch(() => undefined);
applyTheme();
await speak(wanted());
// Formats take long to make: each in a task of its own, while the network is waited for.
for (const make of [() => told(today(), speech.language), () => count(1000), () => count(0.5, { style: "percent", maximumFractionDigits: 1 })]) turn(make);
const target = document.getElementById("app");
if (target) mount(App, { target });
