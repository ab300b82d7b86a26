-- Adds targets that are new to a job, where a worker has been already.
-- KEYS: stream, meta. ARGV: domains.
if redis.call('HEXISTS', KEYS[2], 'epoch') == 0 then return 0 end
for i = 1, #ARGV do add(KEYS[1], ARGV[i]) end
return #ARGV
