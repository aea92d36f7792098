"""In what words the distributor and head office answer at the table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

import numpy as np

from kamlib.words import N_, Message

WORDINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # how A opens
        "opening": (
            N_(
                "The market does not want this model. Lower my target and give me more support, or I buy nothing this month."
            ),
            N_(
                "Sit down. I will be plain: it does not sell. A lower target, more support, or no order from me this month."
            ),
            N_(
                "My dealers send it back. If the target stays and the support stays, you will not see an order this month."
            ),
            N_(
                "You come at a bad time. The warehouse is full and nobody asks for it. Less target, more support, or we skip this month."
            ),
        ),
        # what A says to something shown
        "shown_strong": (
            N_("Hm. That I can check. If it is so, I have to think again."),
            N_("I did not know that. Leave me the paper, I will look at my own books tonight."),
            N_("That is a number I can follow. All right, it is not only the market."),
            N_("Nobody has put it to me like that. Go on."),
        ),
        "shown_some": (
            N_("That may be. It does not turn everything around, but I hear you."),
            N_("All right, there is something in it."),
            N_("I give you that one. What follows from it for me?"),
            N_("Could be. My people say otherwise, but they would."),
        ),
        "shown_little": (
            N_("Nice to know. It does not sell a single unit for me."),
            N_("That is about the province. I live in my half of it."),
            N_("I have read that in the paper too."),
        ),
        "shown_family": (
            N_("That is much the same as what you told me before."),
            N_("The same song, second verse. I had understood it the first time."),
            N_("Yes, yes. It points where your last number pointed."),
        ),
        "shown_distrust": (
            N_("After what I have heard today, I take your numbers with care."),
            N_("Your numbers. Forgive me if I do my own sums first."),
            N_("That may even be right. From you I would like to see it in writing."),
        ),
        "shown_again": (
            N_("You have shown me that already."),
            N_("We had that. Have you anything new?"),
            N_("I have not forgotten it since you last said it."),
        ),
        "shown_no_evidence": (
            N_("And what does that prove?"),
            N_("A number on its own. What am I to compare it with?"),
            N_("True, I suppose. I do not see what it has to do with my order."),
            N_("So? Put two and two together for me, then we can talk."),
        ),
        "confidential": (
            N_("Those are another distributor's books. And what do you show him of mine?"),
            N_("I would rather not have seen that. Does he know that you carry it around?"),
            N_("So that is how you keep figures to yourself. I will remember it."),
        ),
        # what A says to an offer
        "accept": (
            N_("All right. I can live with that. Write it down."),
            N_("Done, before I think about it again."),
            N_("Good. If you keep your part, I keep mine. Let us sign."),
            N_("That works for me. Have you a pen?"),
        ),
        "accept_gladly": (
            N_("Yes! I mean, yes, we can do that. Where do I sign?"),
            N_("That is more than I had hoped for. Agreed, at once."),
            N_("Agreed. You should come more often."),
        ),
        "accept_pending": (
            N_("If your head office says yes to that, I do too. Ask them."),
            N_("Fine by me, but you need their signature for it. Bring it and we sign."),
            N_("Agreed, provided that it is not just you who promises it."),
        ),
        "reject": (
            N_("No. What hurts is {issue}: {option}."),
            N_("I cannot take that. Take {issue}: {option}. I lose money on it."),
            N_("Not like this. Look at {issue}: {option}. Until that changes I stay out."),
            N_("The sums do not work for me, most of all {issue}: {option}."),
        ),
        "far": (
            N_("We are far apart, here first of all: {issue}, {option}."),
            N_("Is that meant seriously? I mean {issue}: {option}. I have a family to feed."),
            N_("Then I had rather buy nothing. Out of the question, this one: {issue}, {option}."),
        ),
        "counter": (
            N_("I tell you what I can do: {changes}. Then I sign."),
            N_("Give me this and we have a deal: {changes}."),
            N_("One thing or two have to change, then I am in. I want this: {changes}."),
            N_("Close, but not there. I would say yes to this: {changes}."),
        ),
        "soften": (
            N_(
                "No to {option}. It is not the dealers, it is my cash: it would lie in their shops. {softer}, that I could finance."
            ),
            N_(
                "{option} for everybody? My bank would laugh. Let us say {softer}, that is another matter."
            ),
            N_("My money is in stock already, {option} I cannot carry. {softer} perhaps."),
        ),
        "soften_agrees": (
            N_(
                "No to {option}, my cash would lie in their shops. {softer}, the rest as you say, and I sign."
            ),
            N_(
                "{option} I cannot finance. Make it {softer} and leave the rest, then we have a deal."
            ),
            N_("It is only about my cash. Not {option}, but {softer}: then yes."),
        ),
        "same_offer": (
            N_("That lay on the table before. My answer is the same."),
            N_("You have offered me exactly that. Nothing has changed since."),
            N_("Again? The last time I said no, and it was a no."),
        ),
        "same_offer_new_mind": (
            N_("That lay on the table before, but I see it differently now."),
            N_("You know what, since you were last here I have done my sums again."),
        ),
        # questions and answers
        "answer_position": (
            N_("What I said: a lower target and more support. The market is as it is."),
            N_("My position is simple. The target is too high and you do too little."),
            N_("Do your part first, then ask me about mine."),
        ),
        "answer_market": (
            N_(
                "My dealers take one or two and put them on the shelf. They are not used to this model."
            ),
            N_("The big shops sell some. The small ones have not even tried it."),
            N_("People ask for the other brand's one. That is what I hear."),
        ),
        "answer_cash": (
            N_(
                "Because cash is what I live on. When a dealer owes me, I cannot buy. A few days I could bridge, weeks I cannot."
            ),
            N_(
                "I have been left sitting on bills before. A short time, with the good ones, would not kill me."
            ),
            N_(
                "My capital is in the warehouse. The longer my dealers pay, the less I can order from you."
            ),
        ),
        "answer_minimum": (
            N_(
                "A van costs money. For one unit I do not send it. That is where the minimum comes from."
            ),
            N_(
                "Because somebody has to pack every box. I never counted how long a dealer needs to sell that many."
            ),
            N_("We have always done it that way. The small shops grumble, yes."),
        ),
        "answer_range": (
            N_(
                "One model of yours is enough work. More models, more stock, more returns, and also more to sell, I grant you."
            ),
            N_(
                "If the others came with the same terms, I might take one more. Nobody has asked me."
            ),
            N_("You have never offered me the rest. Why should I ask for trouble?"),
        ),
        "answer_stores": (
            N_("My people walk all day. A few new doors a month each, more is not possible."),
            N_("New shops cost me time before they sell anything. Who pays for that?"),
            N_("I know the ones I do not serve. They are far away, and they are small."),
        ),
        "answer_stock": (
            N_("Enough in stock to be nervous. The figure I keep to myself."),
            N_("My stock is my business. But I do not sleep better when it grows."),
            N_("I will tell you when you tell me what you are prepared to do."),
        ),
        "answer_help": (
            N_("What would help me? Something on {issue}. That is where it pinches."),
            N_("If you moved on {issue}, I would listen to the rest."),
            N_("Talk to me about {issue}. The other things are details."),
        ),
        # head office
        "office_grants": (
            N_("Head office: agreed ({wishes}). This once."),
            N_("Head office: yes ({wishes}). We want to see what it brings."),
        ),
        "office_refuses": (
            N_("Head office: no ({wishes}). Stay within your authority."),
            N_("Head office: too much ({wishes}). Find something that costs less."),
        ),
        "office_partly": (
            N_("Head office: yes to one part ({wishes}), no to the other ({refused})."),
            N_("Head office: this we can carry ({wishes}), this we cannot ({refused})."),
        ),
        "office_voids": (
            N_("Head office: nobody asked us ({wishes}). The agreement is void."),
            N_("Head office: we cannot honour that ({wishes}). It was not yours to promise."),
        ),
        "after_void": (
            N_("So your word is worth nothing without a stamp. Good to know."),
            N_("I had told my people already. You make a fool of me."),
            N_("Next time bring somebody who may decide."),
        ),
        # how it ends
        "signed": (
            N_("Then it is settled. I hold you to every line of it."),
            N_("Signed. Now let us see it sell."),
            N_("A deal. I will call my branches this afternoon."),
        ),
        "left": (
            N_("As you like. You know where to find me."),
            N_("Then not. This month we buy nothing."),
            N_("A pity. I would have talked on."),
        ),
        "month_over": (
            N_("The month is over. Whatever we would have agreed, it comes too late for this one."),
            N_("Closing day. My books for this month are shut."),
        ),
    }
)
"""For each situation the sentences that may be said in it; which one is drawn by lot."""

QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "position": N_("What do you want from us?"),
        "market": N_("What do your dealers say about the model?"),
        "cash": N_("Why do your dealers have to pay cash?"),
        "minimum": N_("Where does your minimum order come from?"),
        "range": N_("Why do you carry so few of our models?"),
        "stores": N_("What keeps you from serving more stores?"),
        "stock": N_("How much stock do you have?"),
        "help": N_("What would help you most?"),
    }
)
"""What one can ask A, by a short name."""

POLICY_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "shirker": N_("The shirker"),
        "pigeon": N_("The messenger pigeon"),
        "old_ox": N_("The old ox"),
        "over_claimer": N_("The over-claimer"),
        "consultant_without_facts": N_("The consultant, without facts"),
        "consultant": N_("The consultant"),
        "you": N_("You"),
    }
)
"""What each policy is called."""


def say(
    situation: str, lot: np.random.Generator, used: Collection[str] = (), **values: object
) -> Message:
    """Return one of the sentences for a situation, drawn by lot, with what fills its braces.

    What was `used` before comes again only where everything was. Raises `KeyError` for a situation
    that has no sentences.

    >>> say("counter", np.random.default_rng(1), changes="3d").values
    (('changes', '3d'),)
    """
    fresh = [text for text in WORDINGS[situation] if text not in used] or WORDINGS[situation]
    return Message(fresh[int(lot.integers(len(fresh)))], tuple(values.items()))
