/** The default policy: strings that would become markup are escaped, and only our own worker may be loaded (decision 13). */
export function installPolicy(): void {
  window.trustedTypes?.createPolicy("default", {
    createHTML: (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
    createScriptURL: (url) => {
      const own = document.querySelector<HTMLMetaElement>('meta[name="slipway-worker"]')?.content;
      if (!own || url !== own) throw new TypeError(`no script may be loaded from ${url}`);
      return url;
    },
  });
}
