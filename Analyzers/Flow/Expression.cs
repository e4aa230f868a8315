using System.Globalization;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>
/// A value as far as paths are told apart by it: a constant, a place, what an inspection of a resource says, a comparison.
/// Structurally equal expressions over unchanged places have equal values.
/// </summary>
internal abstract record Expression
{
    public sealed record Constant(object? Value) : Expression;

    public sealed record Of(int Place) : Expression;

    /// <summary>Another name for the storage in a place, or for a stretch of it.</summary>
    public sealed record PartOf(int Place, Extent Extent) : Expression;

    /// <summary>What an inspecting member says of the resources of a place.</summary>
    /// <param name="Place">What is asked.</param>
    /// <param name="What">What it is asked.</param>
    /// <param name="Flags">What the answer depends on besides: the flags of an extraction that is yet to come, or was made with them.</param>
    public sealed record Inspected(int Place, Inspection What, Expression? Flags = null) : Expression;

    /// <summary>A comparison; <paramref name="Right"/> is a constant wherever one side is.</summary>
    public sealed record Compare(Relation Relation, Expression Left, Expression Right) : Expression;

    public sealed record Not(Expression Operand) : Expression;

    /// <summary>One of several operations, namely one that is over.</summary>
    public sealed record Winner : Expression
    {
        public static readonly Winner Value = new();
    }

    /// <summary>A value that nothing is known of.</summary>
    public sealed record Anything : Expression
    {
        public static readonly Anything Value = new();
    }

    public sealed record And(Expression Left, Expression Right) : Expression
    {
        /// <summary>Whether it is the same question each time: not where a part of it is unknown, nor where its parts answer by themselves.</summary>
        public bool IsAsked => IsPlain(Left, 1) && IsPlain(Right, 1);

        private static bool IsPlain(Expression part, int depth) => depth <= MaxDepth && part switch
        {
            Not not => IsPlain(not.Operand, depth + 1),
            And and => IsPlain(and.Left, depth + 1) && IsPlain(and.Right, depth + 1),
            Compare { Left: Of, Right: Constant { Value: not (null or bool) } } or Compare { Left: Constant { Value: not (null or bool) }, Right: Of } => true,
            _ => false,
        };
    }

    /// <summary>A pure value without meaning here, told apart by its text over places.</summary>
    public sealed record Opaque(string Key, Expression? First, Expression? Second) : Expression
    {
        public override int Depth { get; } = 1 + Math.Max(First?.Depth ?? 0, Second?.Depth ?? 0);

        public bool Equals(Opaque? other) => other is not null && Key == other.Key && Equals(First, other.First) && Equals(Second, other.Second);

        public override int GetHashCode() => unchecked((Key.GetHashCode() * 31) + ((First?.GetHashCode() ?? 0) * 17) + (Second?.GetHashCode() ?? 0));
    }

    /// <summary>How deep a value without meaning may be and still be told from others.</summary>
    public const int MaxDepth = 16;

    /// <summary>How many values without meaning it is made of, one in the other.</summary>
    public virtual int Depth => 0;

    /// <summary>Whether the value is read from <paramref name="place"/>.</summary>
    public bool Reads(int place) => this switch
    {
        Of of => of.Place == place,
        PartOf part => part.Place == place,
        Inspected inspected => inspected.Place == place || (inspected.Flags?.Reads(place) ?? false),
        Compare compare => compare.Left.Reads(place) || compare.Right.Reads(place),
        Not not => not.Operand.Reads(place),
        And and => and.Left.Reads(place) || and.Right.Reads(place),
        Opaque opaque => (opaque.First?.Reads(place) ?? false) || (opaque.Second?.Reads(place) ?? false),
        _ => false,
    };

    public void CollectPlaces(Action<int> found)
    {
        switch (this)
        {
            case Of of:
                found(of.Place);
                break;
            case PartOf part:
                found(part.Place);
                break;
            case Inspected inspected:
                found(inspected.Place);
                inspected.Flags?.CollectPlaces(found);
                break;
            case Compare compare:
                compare.Left.CollectPlaces(found);
                compare.Right.CollectPlaces(found);
                break;
            case Not not:
                not.Operand.CollectPlaces(found);
                break;
            case And and:
                and.Left.CollectPlaces(found);
                and.Right.CollectPlaces(found);
                break;
            case Opaque opaque:
                opaque.First?.CollectPlaces(found);
                opaque.Second?.CollectPlaces(found);
                break;
        }
    }
}

internal enum Relation
{
    Equal,
    Less,
    LessOrEqual,
}

/// <summary>The value of an array that the body makes with <c>new</c>: one of its own, and not null.</summary>
internal sealed record MadeArray(IOperation At)
{
    public override string ToString() => "new" + At.Syntax.SpanStart.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The value of an object that the body makes with <c>new</c>: not null, and nothing else.</summary>
internal sealed record MadeObject(IOperation At)
{
    public override string ToString() => "new" + At.Syntax.SpanStart.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// What a path knows of a scalar: which of the classes null, zero/false, negative, positive/true/not null its value can be in,
/// and the constant where it is one.
/// </summary>
internal readonly record struct Known(Classes Classes, object? Constant = null)
{
    public static readonly Known Anything = new(Classes.All);

    public bool IsAnything => Classes == Classes.All;

    public static Known Of(object? constant) => new(ClassOf(constant), constant);

    public static Classes ClassOf(object? constant) => constant switch
    {
        null => Classes.Null,
        bool b => b ? Classes.Positive : Classes.Zero,
        sbyte n => Sign(n),
        short n => Sign(n),
        int n => Sign(n),
        long n => Sign(n),
        byte n => Sign(n),
        ushort n => Sign(n),
        uint n => Sign(n),
        ulong n => n == 0 ? Classes.Zero : Classes.Positive,
        float n => n == 0 ? Classes.Zero : n < 0 ? Classes.Negative : Classes.Positive,
        double n => n == 0 ? Classes.Zero : n < 0 ? Classes.Negative : Classes.Positive,
        _ => Classes.Positive,
    };

    public static Known Join(Known a, Known b) =>
        new(a.Classes | b.Classes, Equals(a.Constant, b.Constant) ? a.Constant : null);

    private static Classes Sign(long n) => n == 0 ? Classes.Zero : n < 0 ? Classes.Negative : Classes.Positive;
}

[Flags]
internal enum Classes
{
    None = 0,
    Null = 1,
    Zero = 2,
    Negative = 4,
    Positive = 8,
    All = Null | Zero | Negative | Positive,
    NotNull = Zero | Negative | Positive,
}
