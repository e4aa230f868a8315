namespace BufferLifetime.Analyzers.Flow;

/// <summary>
/// A persistent map from small integers (big-endian Patricia trie). An update shares all but one path, so that states of
/// neighbouring program points are joined in time proportional to their difference, not to their size.
/// </summary>
internal sealed class IntMap<T>
{
    public static readonly IntMap<T> Empty = new(null);

    private readonly Node? _root;

    private IntMap(Node? root) => _root = root;

    public bool IsEmpty => _root is null;

    public bool TryGet(int key, out T value)
    {
        Node? node = _root;
        while (node is Branch branch)
        {
            node = (key & branch.Bit) == 0 ? branch.Left : branch.Right;
        }

        if (node is Leaf leaf && leaf.Key == key)
        {
            value = leaf.Value;
            return true;
        }

        value = default!;
        return false;
    }

    public IntMap<T> Set(int key, T value)
    {
        Node root = Insert(_root, key, value);
        return ReferenceEquals(root, _root) ? this : new IntMap<T>(root);
    }

    public IntMap<T> Remove(int key)
    {
        Node? root = Delete(_root, key);
        return ReferenceEquals(root, _root) ? this : root is null ? Empty : new IntMap<T>(root);
    }

    public void ForEach(Action<int, T> action) => Visit(_root, action);

    /// <summary>
    /// Joins two maps. Where both sides share a subtree it is kept as it is; a key on one side only is passed to
    /// <paramref name="onlyOne"/>, a key on both to <paramref name="both"/>; either drops the key by returning false.
    /// </summary>
    public static IntMap<T> Merge(IntMap<T> a, IntMap<T> b, OnlyOne onlyOne, Both both)
    {
        Node? root = Merge(a._root, b._root, onlyOne, both);
        return ReferenceEquals(root, a._root) ? a : ReferenceEquals(root, b._root) ? b : root is null ? Empty : new IntMap<T>(root);
    }

    /// <summary>Whether both maps hold the same keys with values that <paramref name="same"/> accepts.</summary>
    public static bool Equal(IntMap<T> a, IntMap<T> b, Func<T, T, bool> same) => Equal(a._root, b._root, same);

    /// <summary>
    /// Whether both maps hold a key with values of which <paramref name="found"/> says so. What both share is not asked about: it has to be about a
    /// difference.
    /// </summary>
    public static bool AnyInBoth(IntMap<T> a, IntMap<T> b, Func<T, T, bool> found) => AnyInBoth(a._root, b._root, found);

    public delegate bool OnlyOne(int key, T value, out T result);

    public delegate bool Both(int key, T a, T b, out T result);

    private static void Visit(Node? node, Action<int, T> action)
    {
        while (node is Branch branch)
        {
            Visit(branch.Left, action);
            node = branch.Right;
        }

        if (node is Leaf leaf)
        {
            action(leaf.Key, leaf.Value);
        }
    }

    private static Node Insert(Node? node, int key, T value)
    {
        switch (node)
        {
            case null:
                return new Leaf(key, value);
            case Leaf leaf when leaf.Key == key:
                return EqualityComparer<T>.Default.Equals(leaf.Value, value) ? leaf : new Leaf(key, value);
            case Leaf leaf:
                return Join(key, new Leaf(key, value), leaf.Key, leaf);
            case Branch branch when Matches(key, branch):
                if ((key & branch.Bit) == 0)
                {
                    Node left = Insert(branch.Left, key, value);
                    return ReferenceEquals(left, branch.Left) ? branch : new Branch(branch.Prefix, branch.Bit, left, branch.Right);
                }

                Node right = Insert(branch.Right, key, value);
                return ReferenceEquals(right, branch.Right) ? branch : new Branch(branch.Prefix, branch.Bit, branch.Left, right);
            default:
                return Join(key, new Leaf(key, value), ((Branch)node).Prefix, node);
        }
    }

    private static Node? Delete(Node? node, int key)
    {
        if (node is Leaf leaf)
        {
            return leaf.Key == key ? null : leaf;
        }

        if (node is not Branch branch || !Matches(key, branch))
        {
            return node;
        }

        return (key & branch.Bit) == 0
            ? Rebuild(branch, Delete(branch.Left, key), branch.Right)
            : Rebuild(branch, branch.Left, Delete(branch.Right, key));
    }

    private static Node? Rebuild(Branch branch, Node? left, Node? right) =>
        left is null ? right
        : right is null ? left
        : ReferenceEquals(left, branch.Left) && ReferenceEquals(right, branch.Right) ? branch
        : new Branch(branch.Prefix, branch.Bit, left, right);

    private static Node? Merge(Node? a, Node? b, OnlyOne onlyOne, Both both)
    {
        if (ReferenceEquals(a, b))
        {
            return a;
        }

        if (a is null)
        {
            return Keep(b, onlyOne);
        }

        if (b is null)
        {
            return Keep(a, onlyOne);
        }

        if (a is Leaf la && b is Leaf lb && la.Key == lb.Key)
        {
            return !both(la.Key, la.Value, lb.Value, out T merged) ? null
                : EqualityComparer<T>.Default.Equals(merged, la.Value) ? la
                : EqualityComparer<T>.Default.Equals(merged, lb.Value) ? lb
                : new Leaf(la.Key, merged);
        }

        if (a is Branch ba && b is Branch bb && ba.Bit == bb.Bit && ba.Prefix == bb.Prefix)
        {
            Node? left = Merge(ba.Left, bb.Left, onlyOne, both);
            Node? right = Merge(ba.Right, bb.Right, onlyOne, both);
            return left is null ? right
                : right is null ? left
                : ReferenceEquals(left, ba.Left) && ReferenceEquals(right, ba.Right) ? ba
                : ReferenceEquals(left, bb.Left) && ReferenceEquals(right, bb.Right) ? bb
                : new Branch(ba.Prefix, ba.Bit, left, right);
        }

        // One side lies under a branch of the other, or they are disjoint.
        if (a is Branch upper && Under(b, upper))
        {
            return (KeyOf(b) & upper.Bit) == 0
                ? Rebuild(upper, Merge(upper.Left, b, onlyOne, both), Keep(upper.Right, onlyOne))
                : Rebuild(upper, Keep(upper.Left, onlyOne), Merge(upper.Right, b, onlyOne, both));
        }

        if (b is Branch other && Under(a, other))
        {
            return (KeyOf(a) & other.Bit) == 0
                ? Rebuild(other, Merge(a, other.Left, onlyOne, both), Keep(other.Right, onlyOne))
                : Rebuild(other, Keep(other.Left, onlyOne), Merge(a, other.Right, onlyOne, both));
        }

        Node? keptA = Keep(a, onlyOne);
        Node? keptB = Keep(b, onlyOne);
        return keptA is null ? keptB : keptB is null ? keptA : Join(KeyOf(keptA), keptA, KeyOf(keptB), keptB);
    }

    private static Node? Keep(Node? node, OnlyOne onlyOne)
    {
        switch (node)
        {
            case Leaf leaf:
                return !onlyOne(leaf.Key, leaf.Value, out T value) ? null
                    : EqualityComparer<T>.Default.Equals(value, leaf.Value) ? leaf
                    : new Leaf(leaf.Key, value);
            case Branch branch:
                return Rebuild(branch, Keep(branch.Left, onlyOne), Keep(branch.Right, onlyOne));
            default:
                return null;
        }
    }

    private static bool Equal(Node? a, Node? b, Func<T, T, bool> same) =>
        ReferenceEquals(a, b) || (a, b) switch
        {
            (Leaf la, Leaf lb) => la.Key == lb.Key && same(la.Value, lb.Value),
            (Branch ba, Branch bb) => ba.Bit == bb.Bit && ba.Prefix == bb.Prefix && Equal(ba.Left, bb.Left, same) && Equal(ba.Right, bb.Right, same),
            _ => false,
        };

    private static bool AnyInBoth(Node? a, Node? b, Func<T, T, bool> found) =>
        !ReferenceEquals(a, b) && (a, b) switch
        {
            (null, _) or (_, null) => false,
            (Leaf la, Leaf lb) => la.Key == lb.Key && found(la.Value, lb.Value),
            (Branch ba, Branch bb) when ba.Bit == bb.Bit && ba.Prefix == bb.Prefix => AnyInBoth(ba.Left, bb.Left, found) || AnyInBoth(ba.Right, bb.Right, found),
            (Branch upper, _) when Under(b, upper) => AnyInBoth((KeyOf(b) & upper.Bit) == 0 ? upper.Left : upper.Right, b, found),
            (_, Branch upper) when Under(a, upper) => AnyInBoth(a, (KeyOf(a) & upper.Bit) == 0 ? upper.Left : upper.Right, found),
            _ => false,
        };

    private static bool Under(Node node, Branch branch) =>
        Matches(KeyOf(node), branch) && (node is Leaf || (uint)((Branch)node).Bit < (uint)branch.Bit);

    private static int KeyOf(Node node) => node is Leaf leaf ? leaf.Key : ((Branch)node).Prefix;

    private static bool Matches(int key, Branch branch) => Mask(key, branch.Bit) == branch.Prefix;

    private static int Mask(int key, int bit) => key & ~(bit | (bit - 1));

    private static Branch Join(int keyA, Node a, int keyB, Node b)
    {
        int bit = HighestBit(keyA ^ keyB);
        return (keyA & bit) == 0 ? new Branch(Mask(keyA, bit), bit, a, b) : new Branch(Mask(keyA, bit), bit, b, a);
    }

    private static int HighestBit(int value)
    {
        uint x = (uint)value;
        x |= x >> 1;
        x |= x >> 2;
        x |= x >> 4;
        x |= x >> 8;
        x |= x >> 16;
        return (int)(x - (x >> 1));
    }

    private abstract class Node;

    private sealed class Leaf(int key, T value) : Node
    {
        public readonly int Key = key;
        public readonly T Value = value;
    }

    private sealed class Branch(int prefix, int bit, Node left, Node right) : Node
    {
        public readonly int Prefix = prefix;
        public readonly int Bit = bit;
        public readonly Node Left = left;
        public readonly Node Right = right;
    }
}
