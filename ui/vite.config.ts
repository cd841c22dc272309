import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // The content policy forbids inline script and style, and data: addresses for anything but images.
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    reportCompressedSize: true,
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": process.env.CLAVICLE_API ?? "http://127.0.0.1:4180" },
  },
  test: {
    environment: "happy-dom",
    include: ["test/unit/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
