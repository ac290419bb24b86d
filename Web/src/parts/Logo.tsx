/** The ship on its way, as in the browser's tab. */
export function Logo({ size = 20 }: { size?: number }) {
  return (
    <svg className="logo" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d="M1 11h14l-2.500 4h-9zM4 3h3v2.500H4zm4 0h3v2.500H8zM4 6.500h3V9H4zm4 0h3V9H8z" />
    </svg>
  );
}
