-- Health of an Application, as the Application above it sees it: sync waves wait for what this returns.
-- Argo CD has no such check of its own, and the documented one opens the gate too early: it repeats the last
-- verdict even if that was made for an older spec, before the first sync, or after an error (argo-cd 27917, 10682).
-- For Argo CD 3.2 to 3.5; needs Lua's base library only.

local function isBlank(value)
  if value == nil or value == "" or value == false then return true end
  if type(value) ~= "table" then return false end
  for _, item in pairs(value) do
    if not isBlank(item) then return false end
  end
  return true
end

-- The API server drops empty fields, so nothing and empty are the same.
local function isSame(left, right)
  if isBlank(left) and isBlank(right) then return true end
  if type(left) ~= "table" or type(right) ~= "table" then return left == right end
  for key, item in pairs(left) do
    if not isSame(item, right[key]) then return false end
  end
  for key, item in pairs(right) do
    if left[key] == nil and not isBlank(item) then return false end
  end
  return true
end

local function verdict(status, message)
  return { status = status, message = message }
end

local spec, status = obj.spec or {}, obj.status or {}
local sync, health, operation = status.sync, status.health, status.operationState

if sync == nil or health == nil or isBlank(health.status) then
  return verdict("Progressing", "waiting for the first reconciliation")
end

-- With such an error the health beside it is stale or empty, and "Healthy" all the same.
for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "ComparisonError" or condition.type == "InvalidSpecError" then
    return verdict("Degraded", condition.type .. ": " .. (condition.message or ""))
  end
end

-- The hydrator rewrites what is compared, so its Applications cannot be held against their spec.
local compared = sync.comparedTo or {}
if spec.sourceHydrator == nil then
  if not isSame(spec.source, compared.source) or not isSame(spec.sources, compared.sources) then
    return verdict("Progressing", "the status describes an older spec")
  end
end

if obj.operation ~= nil then
  return verdict("Progressing", "a sync is about to start")
end

local policy = spec.syncPolicy or {}
local syncsItself = policy.automated ~= nil and policy.automated.enabled ~= false

-- OutOfSync after a good sync of the same revision is only a noisy diff, and must not hold back what follows.
if syncsItself and sync.status ~= "Synced" then
  if operation == nil then
    return verdict("Progressing", "never synced")
  end
  if operation.phase == "Failed" or operation.phase == "Error" then
    return verdict("Degraded", "sync failed: " .. (operation.message or ""))
  end
  local result = operation.syncResult or {}
  if not isSame(result.revision, sync.revision) or not isSame(result.revisions, sync.revisions) then
    return verdict("Progressing", "a new revision is not synced yet")
  end
end

if operation ~= nil and (operation.phase == "Running" or operation.phase == "Terminating") then
  return verdict("Progressing", "sync running: " .. (operation.message or ""))
end

return verdict(health.status, health.message or "")
