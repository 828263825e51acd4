"""Enumerations of measurement (pure: the standard library's, so that rules can use them)."""

from enum import StrEnum


class TouchKind(StrEnum):
    """What a person did with content of a merchant."""

    IMPRESSION = "impression"
    READ = "read"
    DEEP_READ = "deep_read"
    LIKE = "like"
    SAVE = "save"
    COMMENT = "comment"
    SHARE = "share"
    SCREENSHOT = "screenshot"
    SEARCH = "search"
    SEARCH_CLICK = "search_click"
    LIVE_VIEW = "live_view"
    COMPONENT_CLICK = "component_click"
    CONSULTATION = "consultation"
    OWN_POST = "own_post"  # the person's own note about it
    SHARED_ORDER = "shared_order"  # shows what they bought
    DECLARED = "declared"  # the order itself names it: a code, a link, or the buyer's answer


TOLD = (TouchKind.OWN_POST, TouchKind.SHARED_ORDER)
"""What a person tells others: it makes the crowd that shares, and takes no credit for an order."""


class Model(StrEnum):
    """The five ways to share an order among its touches."""

    FIRST = "first"
    LAST = "last"
    LINEAR = "linear"
    POSITION = "position"
    DECAY = "decay"


class Grade(StrEnum):
    """How we know that this order and this content belong together."""

    SAME_PERSON = "A"
    DECLARED = "B"
    AGGREGATE = "C"  # never in the ledger
    UNJOINED = "U"


class Platform(StrEnum):
    TAOBAO = "taobao"
    JD = "jd"
    VIPSHOP = "vipshop"
    XIAOHONGSHU_ARK = "xiaohongshu_ark"
    STORE = "store"  # first-party: the merchant's own tills and shop
    OTHER = "other"


class Placement(StrEnum):
    """Where an ad system puts a campaign."""

    FEED = "feed"
    SEARCH = "search"
    SITE = "site"  # the whole site: feed and search
    VIDEO_FEED = "video_feed"


class SpendKind(StrEnum):
    ADS = "ads"
    NOTE_FEE = "note_fee"
    PLATFORM_FEE = "platform_fee"
    SAMPLE = "sample"
    AGENCY_FEE = "agency_fee"
    REBATE = "rebate"  # negative: it comes back


class Task(StrEnum):
    """Whether paid delivery ran inside an Alliance task; without it ROI is wrong."""

    IN_TASK = "in_task"
    OUT_OF_TASK = "out_of_task"
    UNKNOWN = "unknown"


class CycleBasis(StrEnum):
    PUBLISHED = "published"
    DEFAULT = "default"
    HAND = "hand"
    LEARNED = "learned"


class Programme(StrEnum):
    """The Alliance programmes: what a platform reports of orders elsewhere."""

    XIAOHONGXING = "xiaohongxing"  # Taobao and Tmall
    XIAOHONGMENG = "xiaohongmeng"  # JD
    XIAOHONGLIAN = "xiaohonglian"  # VIPSHOP


class ReportLevel(StrEnum):
    """At which level an Alliance report tells; task and note are views of one thing."""

    TASK = "task"
    NOTE = "note"


class ReportAxis(StrEnum):
    """On which day a report counts a conversion: that of the click, or its own."""

    CLICK = "click"
    CONVERSION = "conversion"


class Layer(StrEnum):
    """The layers of a crowd, as the platform names them."""

    AWARE = "A"
    INTEREST = "I"
    TRUE_INTEREST = "TI"
    PURCHASE = "P"
    SHARE = "S"


class ProfileScope(StrEnum):
    """Whose people a platform's profile describes."""

    ACCOUNT = "account"
    SPU = "spu"
    NOTE = "note"
    CAMPAIGN = "campaign"
    LIVE = "live"


class ProfileDimension(StrEnum):
    """By what a platform's profile divides people; always in sums, never a fact about one person."""

    GENDER = "gender"
    AGE = "age"
    CITY_TIER = "city_tier"


class MarketMeasure(StrEnum):
    SEARCH = "search"
    BRAND_SEARCH = "brand_search"
    SHOP_VISITORS = "shop_visitors"
    PRICE = "price"
    ORDERS = "orders"
    REVENUE = "revenue"


class PromotionKind(StrEnum):
    PROMOTION = "promotion"
    FESTIVAL = "festival"
    PRICE = "price"


class Rhythm(StrEnum):
    """How often a report goes out."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class WholeOutcome(StrEnum):
    """What the effect of seeding is estimated on when nothing joins."""

    REVENUE = "revenue"
    ORDERS = "orders"
    SEARCH = "search"
    BRAND_SEARCH = "brand_search"
    SHOP_VISITORS = "shop_visitors"


class ExposureKind(StrEnum):
    """What stands for seeding in that estimate: the first of these that the data tell day by day."""

    READS = "reads"
    IMPRESSIONS = "impressions"
    TRUE_INTEREST = "true_interest"
    COST = "cost"
    NOTES = "notes"


class Kept(StrEnum):
    """Rows about people that a source brings and that are kept for a while."""

    TOUCHES = "touches"
    IDENTITIES = "identities"
    COMMENTS = "comments"


class Purpose(StrEnum):
    """What rows about people are for."""

    MEASURE = "measure"
    SERVE = "serve"
    UNDERSTAND = "understand"
    DELIVER = "deliver"


class Sensitive(StrEnum):
    """Uses that are off for a sensitive trade until its owner records a consent."""

    COMMENTS = "comments"
    SNIPPETS = "snippets"
    TRAINING = "training"
