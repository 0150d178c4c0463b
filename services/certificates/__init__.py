"""志愿服务记录证明 (S113, 条例 §19, 民发〔2015〕149号): who organised certifies,
whoever holds the paper may check it."""
