import { mount } from "svelte";
import "./styles/base.css";
import App from "./App.svelte";
import { applyTheme } from "./lib/theme.svelte";
import { speak, wanted } from "./lib/words.svelte";

applyTheme();
await speak(wanted());
const target = document.getElementById("app");
if (target) mount(App, { target });
