-- Takes a worker's leases from it and lets them wait again, without blame.
-- KEYS: stream, meta, workers. ARGV: job, worker.
-- Returns how many they were.
local stream, meta, workers = KEYS[1], KEYS[2], KEYS[3]
local job, worker = ARGV[1], ARGV[2]
if redis.call('HEXISTS', meta, 'epoch') == 0 then return 0 end
local ids = {}
for _, pending in ipairs(redis.call('XPENDING', stream, GROUP, '-', '+', 100000, worker)) do
  local id = pending[1]
  local entry = redis.call('XRANGE', stream, id, id)[1]
  local domain = entry and domain_of(entry)
  if domain then
    unlock(domain, owner_of(job, worker))
    add(stream, domain)
  end
  ids[#ids + 1] = id
end
if #ids > 0 then remove(stream, ids) end
redis.call('XGROUP', 'DELCONSUMER', stream, GROUP, worker)
redis.call('HDEL', workers, worker)
return #ids
