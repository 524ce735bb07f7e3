//! Log lines for the engineer who hosts the bot.
