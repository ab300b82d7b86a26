-- Gives leases back, without blame.
-- KEYS: stream, later, meta. ARGV: job, worker, ms after which they may be had again, entries and
-- domains in turn.
-- Returns how many were the worker's.
local stream, later, meta = KEYS[1], KEYS[2], KEYS[3]
local job, worker, delay = ARGV[1], ARGV[2], tonumber(ARGV[3])
local exists = redis.call('HEXISTS', meta, 'epoch') == 1
local released = {}
local leases = split(ARGV[4])
for i = 1, #leases, 2 do
  local id, domain = leases[i], leases[i + 1]
  unlock(domain, owner_of(job, worker))
  if exists and is_leased_by(stream, id, worker) then
    released[#released + 1] = id
    if delay > 0 then
      redis.call('ZADD', later, now() + delay, domain)
    else
      add(stream, domain)
    end
  end
end
if #released > 0 then remove(stream, released) end
return #released
