// The part of fengari (a Lua interpreter) that the test of the health check uses; the package has no types of its own.
declare module 'fengari' {
  type LuaText = Uint8Array;
  const fengari: {
    readonly lua: {
      lua_getfield(state: unknown, index: number, name: LuaText): void;
      lua_newtable(state: unknown): void;
      lua_pop(state: unknown, count: number): void;
      lua_pushboolean(state: unknown, value: boolean): void;
      lua_pushnumber(state: unknown, value: number): void;
      lua_pushstring(state: unknown, value: LuaText): void;
      lua_setglobal(state: unknown, name: LuaText): void;
      lua_settable(state: unknown, index: number): void;
      lua_tostring(state: unknown, index: number): LuaText;
    };
    readonly lauxlib: {
      luaL_dostring(state: unknown, code: LuaText): number;
      luaL_newstate(): unknown;
      luaL_requiref(state: unknown, name: LuaText, open: unknown, global: number): void;
    };
    readonly lualib: { readonly luaopen_base: unknown };
    to_jsstring(text: LuaText): string;
    to_luastring(text: string): LuaText;
  };
  export default fengari;
}
