-- Prolongs a worker's leases, and tells it which are no longer its own.
-- KEYS: stream, meta, workers. ARGV: job, worker, lease in ms, what the worker says of itself; then
-- three a lease: entry, domain, epoch.
-- Returns: epoch, the entries that are lost, entries and domains in turn that the worker holds
-- without knowing: the answer that told it so was lost.
local stream, meta, workers = KEYS[1], KEYS[2], KEYS[3]
local job, worker, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local owner = owner_of(job, worker)
local epoch = redis.call('HGET', meta, 'epoch') or ''

local own = {}
if epoch ~= '' then
  for _, pending in ipairs(redis.call('XPENDING', stream, GROUP, '-', '+', 100000, worker)) do
    own[pending[1]] = true
  end
end

local renewed, lost, at_work = {}, {}, {}
for i = 5, #ARGV, 3 do
  local id, domain = ARGV[i], ARGV[i + 1]
  local key = lock_of(domain)
  local held = own[id]
  if held then
    renewed[#renewed + 1] = id
    own[id] = nil
  elseif ARGV[i + 2] ~= epoch then
    -- Redis lost the entry, so nobody can have taken it over: then the lock decides.
    local other = redis.call('GET', key)
    held = not other or other == owner
  end
  if held then
    at_work[domain] = true
    redis.call('SET', key, owner, 'PX', lease)
  else
    lost[#lost + 1] = id
  end
end
claim(stream, worker, renewed)

local found, gone = {}, {}
for id in pairs(own) do
  local entry = redis.call('XRANGE', stream, id, id)[1]
  local domain = entry and domain_of(entry)
  if domain and not at_work[domain] and lock(domain, job, worker, worker, lease) == 'held' then
    at_work[domain] = true
    claim(stream, worker, {id})
    found[#found + 1] = id
    found[#found + 1] = domain
  else
    gone[#gone + 1] = id
  end
end
if #gone > 0 then remove(stream, gone) end
redis.call('HSET', workers, worker, ARGV[4])
return {epoch, words(lost), words(found)}
