import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

const OUT = "../src/datarules/bundle/web";

/** Lay a .br and a .gz beside every file that gets smaller by it; the server sends them as they are. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    closeBundle() {
      for (const file of [`${OUT}/index.html`, ...readdirSync(`${OUT}/assets`).map((f) => `${OUT}/assets/${f}`)]) {
        if (/\.(br|gz)$/.test(file)) continue;
        const content = readFileSync(file);
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
        writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [svelte({ compilerOptions: { runes: true } }), compressed()],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // A phone pays for each request: one style sheet, one file of what most views share, one of each view.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: "drawing", test: /node_modules[\\/]d3-|web[\\/]src[\\/](lib[\\/]geometry|parts[\\/]WorldMap)/, priority: 2 },
            { name: "shared", test: /web[\\/]src[\\/](lib|parts)[\\/](?!places\.|words[\\/])|node_modules[\\/](svelte|esm-env|clsx)[\\/]|vite[\\/]preload/, minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8000", "/sparql": "http://127.0.0.1:8000", "/version": "http://127.0.0.1:8000" } },
});
