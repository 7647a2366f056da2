import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    runes: true,
    discloseVersion: false,
    // The class that ties a component's elements to its styles stands in script and style many times.
    cssHash: ({ hash, filename, css }) => `s${hash(filename ?? css)}`,
  },
};
