/** Set by esbuild; React asks for it. */
declare const process: { env: { NODE_ENV?: string } };

/** The folder Web, in unit tests. */
declare const SOURCE_ROOT: string;

interface TrustedTypePolicyRules {
  createHTML?: (text: string) => string;
  createScript?: (text: string) => string;
  createScriptURL?: (text: string) => string;
}

interface Window {
  /** Absent in browsers that do not know trusted types. */
  trustedTypes?: { createPolicy(name: string, rules: TrustedTypePolicyRules): unknown };
}
