import type { ComponentChild } from "preact";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach } from "vitest";

const mounted: HTMLElement[] = [];

/** Puts a component on a page of its own and gives the element around it. */
export async function draw(content: ComponentChild): Promise<HTMLElement> {
  const host = document.createElement("div");
  document.body.append(host);
  mounted.push(host);
  await act(() => render(content, host));
  return host;
}

/** Lets effects, timers of no length and promises that are done come through. */
export async function settle(): Promise<void> {
  await act(() => new Promise((resolve) => setTimeout(resolve, 0)));
}

afterEach(() => {
  for (const host of mounted.splice(0)) {
    render(null, host);
    host.remove();
  }
});

/** The text of an element with white space put together. */
export function words(element: Element | null): string {
  return (element?.textContent ?? "").replace(/\s+/g, " ").trim();
}
