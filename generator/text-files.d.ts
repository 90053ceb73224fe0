// Text files that esbuild and vitest turn into modules with one string.
declare module '*.txt' {
  const text: string;
  export default text;
}
declare module '*.py' {
  const text: string;
  export default text;
}
declare module '*.sh' {
  const text: string;
  export default text;
}
declare module '*.lua' {
  const text: string;
  export default text;
}
declare module '*.mustache' {
  const text: string;
  export default text;
}
declare module '*.tftpl' {
  const text: string;
  export default text;
}
