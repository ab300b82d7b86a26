-- Takes over leases that have expired.
-- KEYS: stream, later, meta, workers. ARGV: job, worker, lease in ms, how many at most.
-- Returns: entries and domains in turn, the domains of them that had been begun.
local stream, later, meta, workers = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local job, worker, lease, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local taken, begun, owners, dropped = {}, {}, {}, {}
if redis.call('HEXISTS', meta, 'epoch') == 0 then return {'', ''} end

local expired = redis.call('XPENDING', stream, GROUP, 'IDLE', lease, '-', '+', most)
for _, pending in ipairs(expired) do
  local id, previous = pending[1], pending[2]
  if previous ~= worker then
    owners[previous] = true
    local entry = redis.call('XCLAIM', stream, GROUP, worker, lease, id, 'RETRYCOUNT', 1)[1]
    -- In Redis 6.2 an entry that was deleted comes back as nothing, and stays pending.
    local domain = entry and domain_of(entry)
    local got = domain and lock(domain, job, worker, previous, lease)
    if got == 'held' then
      taken[#taken + 1] = id
      taken[#taken + 1] = domain
      if pending[4] >= BEGUN then begun[#begun + 1] = domain end
    else
      dropped[#dropped + 1] = id
      if got and got ~= 'twin' then redis.call('ZADD', later, now() + got, domain) end
    end
  end
end
if #dropped > 0 then remove(stream, dropped) end
for previous in pairs(owners) do
  if #redis.call('XPENDING', stream, GROUP, '-', '+', 1, previous) == 0 then
    redis.call('XGROUP', 'DELCONSUMER', stream, GROUP, previous)
    redis.call('HDEL', workers, previous)
  end
end
return {words(taken), words(begun)}
